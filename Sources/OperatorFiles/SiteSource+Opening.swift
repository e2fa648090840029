import Bundles
import Git
public import Model
import SystemCalls

/// A site that can be read.
public struct OpenSite: Sendable {
    public let reader: any SiteReader
    /// The same site under one name, wherever a command is run; of a commit the commit itself, whatever becomes of the ref.
    public let source: SiteSource
    /// Why it is an older state of the site; nil where it is not.
    public var setback: Setback?
    /// The committer's date, in seconds since 1970; nil for a directory, and for a commit that is not as git writes it.
    public var made: Int64?
    /// The first line of the commit's message; nil for a directory.
    public var subject: String?
}

extension SiteSource {
    /// Opens the site to read it.
    public func opened(_ access: SourceAccess = SourceAccess()) throws(SourceFault) -> OpenSite {
        switch settled {
        case .directory(let path):
            if access.trust != nil { throw Self.unsigned(path) }
            do throws(HostFault) {
                if let site = try DirectorySite(path) { return OpenSite(reader: site, source: resolved) }
            } catch {
                throw SourceFault(error)
            }
            throw SourceFault(.missing, "expected the directory of a site, found none")
        case .commit(let source):
            let inspection = try access.judgement(of: try GitCandidate(source))
            if access.trust != nil { try access.checkDescent(of: inspection) }
            return OpenSite(
                reader: try inspection.site(), source: pinned(to: inspection.commit), made: inspection.made,
                subject: inspection.subject)
        case .remote(let source):
            let (inspection, site, setback) = try access.opened(source)
            return OpenSite(
                reader: site, source: pinned(to: inspection.commit), setback: setback, made: inspection.made,
                subject: inspection.subject)
        case .bundle(var source):
            // What is known of it goes by its whole path.
            if case .bundle(let absolute) = resolved { source = absolute }
            let (site, setback) = try access.opened(source)
            return OpenSite(
                reader: site, source: pinned(to: site.list.commit), setback: setback, made: site.list.created,
                subject: site.list.subject)
        }
    }

    static func unsigned(_ path: String) -> SourceFault {
        // A directory may be called as a bundle is.
        let name = BundleSource.isName(path) ? "\(path)/" : path
        return SourceFault(
            .untrusted, "expected a commit, found a directory, which bears no signature",
            hint: "\(name)#HEAD is the commit that is checked out")
    }

    /// The same site under one name, whatever becomes of the ref.
    private func pinned(to commit: String) -> SiteSource {
        switch resolved {
        case .directory: return self
        case .commit(var source):
            source.revision = commit
            return .commit(source)
        case .remote(var source):
            source.revision = commit
            return .remote(source)
        case .bundle(var source):
            source.commit = commit
            return .bundle(source)
        }
    }

    /// What is meant, on this machine: a directory whose name contains `#` is a directory.
    var settled: SiteSource {
        switch self {
        case .directory: self
        case .commit, .remote, .bundle: LocalStatus(of: text)?.kind == .directory ? .directory(text) : self
        }
    }

    /// The same site under one name, wherever a command is run.
    public var resolved: SiteSource {
        switch settled {
        case .directory(let path): return .directory(LocalFiles.absolute(path))
        case .commit(var source):
            source.directory = LocalFiles.absolute(source.directory)
            return .commit(source)
        case .remote: return self
        case .bundle(let source) where source.isOnWeb: return self
        case .bundle(var source):
            // A link stands for what it leads to later, too.
            let parts = source.path.split(separator: "/", omittingEmptySubsequences: false)
            let folder = parts.count == 1 ? "." : parts.dropLast().joined(separator: "/")
            let above = LocalFiles.absolute(folder.isEmpty ? "/" : folder)
            source.path = "\(above == "/" ? "" : above)/\(parts.last ?? "")"
            return .bundle(source)
        }
    }

    /// The commit, by its 40 digits, of a source that `opened` has given; nil for a directory.
    public var commit: String? {
        switch self {
        case .directory: nil
        case .commit(let source), .remote(let source): source.revision
        case .bundle(let source): source.commit
        }
    }

    /// The directory in which an operator works on the site, such as on its secrets; nil for a commit.
    public var workingDirectory: String? {
        switch settled {
        case .directory(let path): path
        case .commit, .remote, .bundle: nil
        }
    }

    /// The directory in which something changes when the site does; nil where nothing can.
    public var watchedDirectory: String? {
        switch settled {
        case .directory(let path): path
        case .commit(let source): source.deciders.first
        case .remote, .bundle: nil
        }
    }

    /// Why others than some accounts can change the site; nil when nobody else can.
    public func objection(owners: Set<UInt32> = [0]) -> String? {
        switch settled {
        case .directory(let path): PathTrust.objection(toAllBelow: path, owners: owners)
        case .commit(let source):
            // Objects are what their names say, whoever wrote them.
            source.deciders.lazy.compactMap { PathTrust.objection(toAllBelow: $0, owners: owners) }.first
        case .remote, .bundle: nil
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
