import HostFiles
import Model

/// The authorized_keys file of one account as it is.
struct KeyFile: Sendable {
    var path: AbsolutePath
    var hasFolder: Bool
    /// Whether it lies in a directory of root's in somebody else's home: there it is root's too.
    var isRoots = false
    /// Why sshd cannot read it as the account; nil where it can.
    var problem: String?
    var keys: [PublicKey] = []
    var strangers: [String] = []

    static func path(in home: AbsolutePath) -> AbsolutePath { home.appending(".ssh/authorized_keys") }

    private var folder: AbsolutePath { path.parent ?? .root }

    /// - Throws: `Refusal` where `~/.ssh` or the file is a link or another kind of object.
    init(home: AbsolutePath, of user: UserEntry, on host: some HostReading) throws {
        let folder = home.appending(".ssh")
        path = folder.appending("authorized_keys")
        guard let status = try host.status(of: folder) else {
            hasFolder = false
            return
        }
        try status.mustBe(.directory, at: folder)
        hasFolder = true
        let isAlone = status.owner == 0 && status.permissions.bits & 0o022 == 0
        isRoots = try isAlone && user.uid != 0 && host.status(of: home)?.owner != 0
        if !user.has(0o1, of: status) { problem = Self.problem(of: folder, status, user) }
        guard let file = try host.status(of: path) else { return }
        try file.mustBe(.file, at: path)
        if !user.has(0o4, of: file) { problem = problem ?? Self.problem(of: path, file, user) }
        guard let document = try host.document(AuthorizedKeys.self, at: path) else { return }
        (keys, strangers) = document.contents
    }

    /// The same file after its home was moved.
    func moved(from former: AbsolutePath, to home: AbsolutePath) -> KeyFile {
        var file = self
        if path.isBelowOrEqual(to: former) {
            file.path = AbsolutePath(home.text + path.text.dropFirst(former.text.count)) ?? path
        }
        return file
    }

    private static func problem(of path: AbsolutePath, _ status: FileStatus, _ user: UserEntry) -> String {
        "sshd reads the keys as \(user.name), who cannot: \(path) has mode \(FileMode(status.permissions).text) and owner "
            + (status.owner == 0 ? "root" : "\(status.owner)")
    }

    /// What makes the folder where it is missing, and edits the file, as the account.
    func steps(_ edit: KeysEdit, owner: Owner, group: Owner) -> [Step] {
        let making = DirectoryCreation(
            folder, attributes: Attributes(owner: owner, group: group, mode: FileMode(Permissions(0o700))))
        let creation =
            isRoots
            ? Attributes(owner: .name(.root), group: .name(.root), mode: FileMode(Permissions(0o644)))
            : Attributes(owner: owner, group: group, mode: FileMode(Permissions(0o600)))
        return (hasFolder ? [] : [.makeDirectory(making)]) + [
            .editFile(FileEdit(path, .keys(edit), creation: creation))
        ]
    }

    /// Whether the file fulfils the declaration: each key with its options, and nothing else if it says so.
    func satisfies(_ membership: Membership<PublicKey>) -> Bool {
        membership.isSatisfied(by: keys)
            && (!membership.isExact || (strangers.isEmpty && Set(keys).count == keys.count))
    }
}

extension UserEntry {
    /// Whether a permission (4, 2 or 1) is granted by owner, primary group or everybody's bits.
    func has(_ bit: UInt16, of status: FileStatus) -> Bool {
        if uid == 0 { return true }
        let shift: UInt16 = status.owner == uid ? 6 : status.group == gid ? 3 : 0
        return status.permissions.bits & bit << shift != 0
    }
}
