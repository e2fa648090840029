/// An object on a host that exactly one resource may own. Identity in the ledger is the object, not the address.
public enum HostObject: Sendable, Hashable {
    /// A file, link or other thing at a path, whole.
    case path(AbsolutePath)
    /// The bytes of the file at a path, all of them.
    case content(AbsolutePath)
    /// A part of a text file beside others: of which kind, such as `line`, and what names it there.
    case part(String, of: AbsolutePath, String)
    case user(AccountName)
    case group(AccountName)
    /// A number of the accounts, or of the groups.
    case accountNumber(UInt32)
    case groupNumber(UInt32)
    /// One key of an account, by its blob.
    case authorizedKey(AccountName, blob: String)
    /// All keys of an account.
    case authorizedKeys(AccountName)
    /// One host among those that an account knows.
    case knownHost(AccountName, String)
    /// A key pair of an account, by the name of its file.
    case keyPair(AccountName, String)
    /// The keys of an account that bear one mark.
    case keyGroup(AccountName, String)
    /// The membership list of a group, all of it.
    case members(AccountName)
    /// The groups of a user, all of them.
    case groups(AccountName)
    /// Whether one user is in one group.
    case membership(AccountName, user: AccountName)
    case package(String)
    case service(String)
    case command(String)
    /// What is mounted at a path.
    case mount(AbsolutePath)
    /// Whether a file or a device is used for swap.
    case swap(AbsolutePath)
    /// A part of an installation, by its kind and its name there.
    case installed(String, String)

    /// One line in a file.
    public static func line(_ file: AbsolutePath, _ text: String) -> HostObject { .part("line", of: file, text) }

    /// The file whose bytes it is, or is part of; nil for other objects.
    public var file: AbsolutePath? {
        switch self {
        case .path(let path), .content(let path), .part(_, let path, _): path
        case .user, .group, .accountNumber, .groupNumber, .authorizedKey, .authorizedKeys, .knownHost, .keyPair,
            .keyGroup, .members, .groups, .membership, .package, .service, .command, .mount, .swap, .installed:
            nil
        }
    }

    /// The file or the account that the object is, or is a part of; nil where it has no parts.
    public var whole: HostObject? {
        switch self {
        case .path, .content, .part: file.map { .path($0) }
        case .user(let name), .authorizedKey(let name, _), .authorizedKeys(let name), .knownHost(let name, _),
            .keyPair(let name, _), .keyGroup(let name, _):
            .user(name)
        case .group, .accountNumber, .groupNumber, .members, .groups, .membership, .package, .service, .command, .mount,
            .swap, .installed:
            nil
        }
    }

    /// Whether what bore it may be left behind when its holder is gone: files keep the number of their owner.
    public var outlivesHolder: Bool { if case .accountNumber = self { true } else { false } }

    /// One line that names it, for the ledger and for messages.
    public var text: String {
        switch self {
        case .path(let path): "path \(path)"
        case .content(let path): "content of \(path)"
        case .part(let kind, let path, let name): "\(kind) \(path) \(name)"
        case .user(let name): "user \(name)"
        case .group(let name): "group \(name)"
        case .authorizedKey(let user, let blob): "key \(user) \(blob)"
        case .authorizedKeys(let user): "keys of \(user)"
        case .knownHost(let user, let host): "known host \(user) \(host)"
        case .keyPair(let user, let file): "key pair \(user) \(file)"
        case .keyGroup(let user, let name): "key group \(user) \(name)"
        case .accountNumber(let number): "user number \(number)"
        case .groupNumber(let number): "group number \(number)"
        case .members(let group): "members of \(group)"
        case .groups(let user): "groups of \(user)"
        case .membership(let group, let user): "membership of \(user) in \(group)"
        case .package(let name): "package \(name)"
        case .service(let name): "service \(name)"
        case .command(let name): "command \(name)"
        case .mount(let path): "mount at \(path)"
        case .swap(let path): "swap \(path)"
        case .installed(let kind, let name): "\(kind) \(name)"
        }
    }
}

/// Something that a resource needs on the host; where it is declared, that makes an edge.
public struct Need: Sendable, Hashable {
    public var object: HostObject
    /// Why, such as `owner` or `parent directory`; shown by `lodestar graph`.
    public var reason: String
    /// Whether it is the files in a directory that are needed, each that is declared.
    public var isForFiles: Bool

    public init(_ object: HostObject, _ reason: String, isForFiles: Bool = false) {
        self.object = object
        self.reason = reason
        self.isForFiles = isForFiles
    }

    /// The directory that must hold `path`.
    public static func parent(of path: AbsolutePath) -> [Need] {
        path.parent.map { [Need(.path($0), "parent directory")] } ?? []
    }

    /// All folders above a path, for what is made together with those of them that are missing.
    public static func ancestors(of path: AbsolutePath) -> [Need] {
        guard let parent = path.parent, parent != .root else { return [] }
        return [Need(.path(parent), "parent directory")] + ancestors(of: parent)
    }

    /// The accounts that a file's owner and group name; numbers need none, and root is always there.
    public static func owners(_ owner: Owner?, _ group: Owner?) -> [Need] {
        var needs: [Need] = []
        if case .name(let name)? = owner, name != .root { needs.append(Need(.user(name), "owner")) }
        if case .name(let name)? = group, name != .root { needs.append(Need(.group(name), "group")) }
        return needs
    }
}
