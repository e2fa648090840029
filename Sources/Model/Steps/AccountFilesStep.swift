/// What a change of an account means for its files and processes on the host.
public enum AccountFilesStep: Sendable {
    case moveHome(HomeMove)
    case changeOwnership(OwnershipChange)
    /// Ends all processes of an account by its number: they are asked to end, and killed three seconds later.
    case endProcesses(of: UInt32)
}

public struct HomeMove: Sendable {
    public var from: AbsolutePath
    public var to: AbsolutePath

    public init(from: AbsolutePath, to: AbsolutePath) {
        self.from = from
        self.to = to
    }
}

/// Re-owns every file of one number on local file systems, after a `renumber`.
public struct OwnershipChange: Sendable {
    public var kind: AccountKind
    public var from: UInt32
    public var to: UInt32
    /// Only files of this owner; nil for all owners.
    public var owner: UInt32?

    public init(kind: AccountKind, from: UInt32, to: UInt32, of owner: UInt32? = nil) {
        self.owner = owner
        self.kind = kind
        self.from = from
        self.to = to
    }
}
