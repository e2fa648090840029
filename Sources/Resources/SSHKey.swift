import SystemFiles
public import Model

/// A key pair of an account, made on the host.
public struct SSHKey: Resource, Removable {
    public var name = PlainName.none
    public var user = AccountName.root
    public var file: PlainName?

    public init() {}

    public static let typeName = "ssh_key"
    public static let doc = """
        An ed25519 key pair of an account, made on the host from its random source. The private key never leaves the host: \
        it stands in no plan, no report and no record. A key that is there is kept, and its public half is written again \
        where it is missing or another's.
        """
    public static let fields: [Field<SSHKey>] = [
        Field(
            "name", always: \.name, .key,
            doc: "Letters, digits, `_`, `-` and `.`, beginning with a letter or digit, at most 64.",
            examples: ["backup"]),
        Field("user", always: \.user, .parameter, isRequired: true, doc: "The account.", examples: ["ops"]),
        Field(
            "file", \.file, .parameter,
            doc: """
                The private key's name in `~/.ssh`, `id_NAME` by default; the public one has `.pub` behind it. Say the \
                former one where the resource gets another name.
                """, examples: ["id_backup"]),
    ]
    public static let examples = ["backup: {user: root}"]

    var fileName: String { file?.text ?? "id_\(name.text)" }

    public var objects: [HostObject] { [.keyPair(user, fileName)] }
    public var needs: [Need] { [Need(.user(user), "user")] }
    public var problems: [Problem] {
        ["authorized_keys", "authorized_keys2", "known_hosts", "config", "rc", "environment"].contains(fileName)
            || fileName.hasSuffix(".pub")
            ? [Problem("file", "expected a name that ssh has no other use for, found `\(fileName)`")] : []
    }

    public struct Observed: Sendable {
        var path: AbsolutePath
        var owner: UInt32
        var group: UInt32
        var hasFolder = false
        var mode: Permissions?
        /// That of the private key.
        var key: PublicKey?
        /// What the file of the public key has.
        var open: PublicKey?

        var openPath: AbsolutePath { path.parent?.appending("\(path.name).pub") ?? path }
        var isPlain: Bool { mode.map { $0.bits & 0o177 == 0 } ?? false }
    }

    public func claims(on host: some HostReading) throws -> [AbsolutePath] {
        guard let place = try place(on: host) else { return [] }
        return [place.path, place.openPath]
    }

    /// nil where there is no such account.
    private func place(on host: some HostReading) throws -> Observed? {
        guard let entry = try host.account(.name(user)) else { return nil }
        guard let home = entry.home else { throw Refusal("the account \(user) has no home") }
        return Observed(path: home.appending(".ssh/\(fileName)"), owner: entry.uid, group: entry.gid)
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        guard var observed = try place(on: host) else { return nil }
        guard try own(.directory, observed.path.parent ?? .root, observed, on: host) != nil else { return observed }
        observed.hasFolder = true
        if try own(.file, observed.openPath, observed, on: host) != nil {
            let bytes = try host.contents(of: observed.openPath, limit: OpenSSHKey.greatestByteCount)
            observed.open = PublicKey(line: String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self))
        }
        guard let status = try own(.file, observed.path, observed, on: host) else { return observed }
        observed.mode = status.permissions
        let bytes = try host.contents(of: observed.path, limit: OpenSSHKey.greatestByteCount)
        observed.key = OpenSSHKey.publicKey(of: bytes, comment: "")
        if observed.key == nil { throw Refusal("\(observed.path) is no private key of OpenSSH") }
        return observed
    }

    /// What is at a path; nil for nothing.
    ///
    /// - Throws: `Refusal` for what is not the account's alone: ssh would not take it, or others have it too.
    private func own(
        _ kind: FileStatus.Kind, _ path: AbsolutePath, _ place: Observed, on host: some HostReading
    ) throws -> FileStatus? {
        guard let status = try host.status(of: path) else { return nil }
        try status.mustBe(kind, at: path)
        if status.owner != place.owner {
            throw Refusal("\(path) belongs to the number \(status.owner), and not to \(user)")
        }
        if kind == .file, status.linkCount > 1 { throw Refusal("\(path) has another name: a hard link") }
        return status
    }

    public func isPresent(in observed: Observed) -> Bool { observed.key != nil || observed.open != nil }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed, let key = observed.key else {
            return [Change("key", from: nil, to: .text("ssh-ed25519, made on the host"))]
        }
        var changes: [Change] = []
        if !observed.isPlain {
            changes.append(
                Change("mode", from: observed.mode.map { FileMode($0).shown }, to: Self.closed.shown))
        }
        if observed.open != key {
            changes.append(Change("public_key", from: observed.open?.shown, to: .text("that of the private key")))
        }
        return changes
    }

    private static let closed = FileMode(Permissions(0o600))

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { throw Refusal("the account \(user) does not exist", isMissing: true) }
        func attributes(_ mode: UInt16) -> Attributes {
            Attributes(
                owner: .name(user), group: .number(observed.group), mode: FileMode(Permissions(mode)))
        }
        var steps: [Step] = []
        if !observed.hasFolder, let folder = observed.path.parent {
            steps.append(.makeDirectory(DirectoryCreation(folder, attributes: attributes(0o700))))
        }
        let comment = "\(user)@\(name.text)"
        if observed.key == nil {
            steps.append(
                .makeKey(KeyCreation(observed.path, .secret, comment: comment, attributes: attributes(0o600))))
        } else if !observed.isPlain {
            let mode = Attributes(mode: Self.closed)
            steps.append(.setAttributes(AttributeChange(observed.path, kind: .file, attributes: mode)))
        }
        if observed.key == nil || observed.open != observed.key {
            steps.append(
                .makeKey(
                    KeyCreation(
                        observed.openPath, .open(of: observed.path), comment: comment, attributes: attributes(0o644))))
        }
        return steps
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        let open = Removal(observed.openPath, kind: .file), key = Removal(observed.path, kind: .file, isSecret: true)
        return (observed.open == nil ? [] : [.remove(open)]) + (observed.key == nil ? [] : [.remove(key)])
    }
}
