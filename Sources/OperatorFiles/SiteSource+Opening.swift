import Git
public import Model
import SystemCalls

/// A site that can be read.
public struct OpenSite: Sendable {
    public let reader: any SiteReader
    /// The same site under one name, wherever a command is run; of a commit the commit itself, whatever becomes of the ref.
    public let source: SiteSource
}

extension SiteSource {
    /// Opens the site to read it.
    ///
    /// - Parameter trust: only a commit that it trusts is opened.
    public func opened(_ trust: SourceTrust? = nil) throws(SourceFault) -> OpenSite {
        if let trust { return try opened(try inspection(by: trust)) }
        switch settled {
        case .directory(let path):
            do throws(HostFault) {
                if let site = try DirectorySite(path) { return OpenSite(reader: site, source: resolved) }
            } catch {
                throw SourceFault(.failed, error.text)
            }
            throw SourceFault(.missing, "expected the directory of a site, found none")
        case .commit(let source):
            let candidate = try GitCandidate(source)
            return OpenSite(reader: try candidate.site(), source: pinned(to: candidate.commit))
        }
    }

    private func opened(_ inspection: SourceInspection) throws(SourceFault) -> OpenSite {
        OpenSite(reader: try inspection.site(), source: pinned(to: inspection.commit))
    }

    /// The same site under one name, whatever becomes of the ref.
    private func pinned(to commit: String) -> SiteSource {
        guard case .commit(var source) = resolved else { return self }
        source.revision = commit
        return .commit(source)
    }

    /// What is meant, on this machine: a directory whose name contains `#` is a directory.
    var settled: SiteSource {
        switch self {
        case .directory: self
        case .commit: LocalStatus(of: text)?.kind == .directory ? .directory(text) : self
        }
    }

    /// The same site under one name, wherever a command is run.
    public var resolved: SiteSource {
        switch settled {
        case .directory(let path): return .directory(LocalFiles.absolute(path))
        case .commit(var source):
            source.directory = LocalFiles.absolute(source.directory)
            return .commit(source)
        }
    }

    /// The directory in which an operator works on the site, such as on its secrets; nil for a commit.
    public var workingDirectory: String? {
        switch settled {
        case .directory(let path): path
        case .commit: nil
        }
    }

    /// The directory in which something changes when the site does; nil where nothing can.
    public var watchedDirectory: String? {
        switch settled {
        case .directory(let path): path
        case .commit(let source): source.deciders.first
        }
    }

    /// Why others than some accounts can change the site; nil when nobody else can.
    public func objection(owners: Set<UInt32> = [0]) -> String? {
        switch settled {
        case .directory(let path): PathTrust.objection(toAllBelow: path, owners: owners)
        case .commit(let source):
            // Objects are what their names say, whoever wrote them.
            source.deciders.lazy.compactMap { PathTrust.objection(toAllBelow: $0, owners: owners) }.first
        }
    }
}

/// The person who runs the program.
public enum Operator {
    /// Root, and who became root by sudo(8).
    public static var accounts: Set<UInt32> {
        let caller = ThisProcess.environment("SUDO_UID").flatMap { UInt32($0) }
        return Set([0, caller].compactMap { $0 })
    }
}
