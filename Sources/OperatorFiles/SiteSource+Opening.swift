public import Model
import SystemCalls

extension SiteSource {
    /// Opens the site to read it.
    ///
    /// - Returns: nil when there is none.
    public func opened() throws(HostFault) -> (any SiteReader)? {
        switch self {
        case .directory(let path): try DirectorySite(path)
        }
    }

    /// The same site under one name, wherever a command is run.
    public var resolved: SiteSource {
        switch self {
        case .directory(let path): .directory(LocalFiles.absolute(path))
        }
    }

    /// Why others than some accounts can change the site; nil when nobody else can.
    public func objection(owners: Set<UInt32> = [0]) -> String? {
        switch self {
        case .directory(let path): PathTrust.objection(toAllBelow: path, owners: owners)
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
