import HostFiles
import Model

/// The authorized_keys file of one account as it is.
struct KeyFile: Sendable {
    var path: AbsolutePath
    var hasFolder: Bool
    var keys: [PublicKey] = []
    var strangers: [String] = []

    static func path(in home: AbsolutePath) -> AbsolutePath { home.appending(".ssh/authorized_keys") }

    private var folder: AbsolutePath { path.parent ?? .root }

    /// - Throws: `Refusal` where `~/.ssh` or the file is a link or another kind of object.
    init(home: AbsolutePath, on host: some HostReading) throws {
        let folder = home.appending(".ssh")
        path = folder.appending("authorized_keys")
        let status = try host.status(of: folder)
        try status?.mustBe(.directory, at: folder)
        hasFolder = status != nil
        guard hasFolder, let file = try host.status(of: path) else { return }
        try file.mustBe(.file, at: path)
        guard let document = try host.document(AuthorizedKeys.self, at: path) else { return }
        (keys, strangers) = document.contents
    }

    /// What makes the folder where it is missing, and edits the file, as the account.
    func steps(_ edit: KeysEdit, owner: Owner, group: Owner) -> [Step] {
        let making = DirectoryCreation(
            folder, attributes: Attributes(owner: owner, group: group, mode: FileMode(Permissions(0o700))))
        let creation = Attributes(owner: owner, group: group, mode: FileMode(Permissions(0o600)))
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
