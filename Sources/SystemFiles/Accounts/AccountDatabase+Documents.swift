public import Model

extension AccountDatabase {
    /// The present state of one database, for a host that keeps them in memory; nil for other paths and types.
    public func document<Document: HostDocument>(_ type: Document.Type, at path: AbsolutePath) -> Document? {
        switch path {
        case Path.passwd: passwd as? Document
        case Path.group: group as? Document
        case Path.shadow: shadow as? Document
        case Path.gshadow: gshadow as? Document
        case Path.subuid: subuid as? Document
        case Path.subgid: subgid as? Document
        default: nil
        }
    }

    /// The bytes of one database; nil for other paths and for those that do not exist.
    public func bytes(at path: AbsolutePath) -> [UInt8]? {
        switch path {
        case Path.passwd: passwd.bytes
        case Path.group: group.bytes
        case Path.shadow: shadow?.bytes
        case Path.gshadow: gshadow?.bytes
        case Path.subuid: subuid?.bytes
        case Path.subgid: subgid?.bytes
        default: nil
        }
    }
}
