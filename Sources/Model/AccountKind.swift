/// Whether a name or a number is an account's or a group's.
public enum AccountKind: Sendable, Hashable {
    case user, group

    /// What a file calls the one that it belongs to.
    public var fileWord: String {
        switch self {
        case .user: "owner"
        case .group: "group"
        }
    }

    /// What a database calls it.
    public var noun: String {
        switch self {
        case .user: "account"
        case .group: "group"
        }
    }
}
