import SystemFiles
public import Model

/// One key that may log in to an account.
public struct AuthorizedKey: Resource, Removable {
    public var name = ""
    public var user = AccountName.root
    public var key: PublicKey?
    public var options: KeyOptions?

    public init() {}

    public static let typeName = "authorized_key"
    public static let doc = """
        One key that may log in to an account. Its identity is the key itself, not the comment; a key that is declared \
        without options has none. It stands in `~/.ssh/authorized_keys`, or where sshd_config has AuthorizedKeysFile.
        """
    public static let fields: [Field<AuthorizedKey>] = [
        Field("name", always: \.name, .key, doc: "A name for the declaration.", examples: ["ana on web"]),
        Field("user", always: \.user, .parameter, isRequired: true, doc: "The account.", examples: ["ops"]),
        Field(
            "key", \.key, isRequired: true, doc: "The whole public-key line, without options.",
            examples: ["ssh-ed25519 \(sample) ana@bastion"]),
        Field(
            "options", \.options, doc: "Its options as sshd(8) reads them, in one text or as a list; none by default.",
            examples: ["'from=\"10.0.0.0/8\",no-pty'", "[no-pty, 'from=\"10.0.0.0/8\"']"]),
    ]
    static let sample = "AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6"
    public static let examples = [
        "root from bastion: {user: root, key: ssh-ed25519 \(sample) ana@bastion, options: no-pty}"
    ]

    var desired: PublicKey? {
        key.map { PublicKey(options: options?.text ?? $0.options, type: $0.type, blob: $0.blob, comment: $0.comment) }
    }

    public var objects: [HostObject] { key.map { [.authorizedKey(user, blob: $0.blob)] } ?? [] }
    public var needs: [Need] { [Need(.user(user), "user")] }
    public var problems: [Problem] {
        guard let key else { return [] }
        if !key.options.isEmpty, options != nil {
            return [Problem(at: "options", "expected options in one place, found them in `key` and in `options`")]
        }
        return Problem.ofOptions([key], at: "key")
    }

    public func claims(on host: some HostReading) throws -> [AbsolutePath] {
        guard let holder = try KeyHolder(user, on: host) else { return declaredPaths }
        return declaredPaths + [try KeyFile.path(of: holder, on: host)]
    }

    public struct Observed: Sendable {
        var file: KeyFile
        var present: PublicKey?
        var hasDuplicates: Bool
        var group: UInt32
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        guard let entry = try host.account(.name(user)) else { return nil }
        guard let holder = try KeyHolder(user, on: host) else { throw Refusal("the account \(user) has no home") }
        let file = try KeyFile(of: holder, on: host)
        let matches = file.keys.filter { $0.blob == key?.blob }
        return Observed(file: file, present: matches.first, hasDuplicates: matches.count > 1, group: entry.gid)
    }

    public func isPresent(in observed: Observed) -> Bool { observed.present != nil }

    public func changes(from observed: Observed?) -> [Change] {
        guard let desired else { return [] }
        guard let present = observed?.present else {
            return [Change("key", from: nil, to: desired.shown)]
        }
        if present == desired, observed?.hasDuplicates != true { return [] }
        return [Change("options", from: .text(present.options), to: .text(desired.options))]
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { throw Refusal("the account \(user) does not exist", isMissing: true) }
        guard let desired, !changes(from: observed).isEmpty else { return [] }
        return try observed.file.steps(.set(.atLeast([desired])), owner: .name(user), group: .number(observed.group))
    }

    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        observed?.file.remarks ?? []
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        guard let blob = observed.present?.blob else { return [] }
        return [.editFile(FileEdit(observed.file.path, KeysEdit.remove(blob: blob)))]
    }
}
