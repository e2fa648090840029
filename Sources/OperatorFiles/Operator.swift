import SystemCalls

/// The person who runs the program.
public enum Operator {
    /// Root, and who became root by sudo(8).
    private static var accounts: Set<UInt32> {
        let caller = ThisProcess.environment("SUDO_UID").flatMap { UInt32($0) }
        return Set([0, caller].compactMap { $0 })
    }

    /// Why others than the person who runs the program can change a site; nil when nobody else can.
    public static func objection(toSite path: String) -> String? {
        PathTrust.objection(toAllBelow: LocalFiles.absolute(path), owners: accounts)
    }
}
