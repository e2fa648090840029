import SystemFiles
import Model

/// The file in which sshd looks for the keys of one account, as it is.
struct KeyFile: Sendable {
    var path: AbsolutePath
    var hasFolder = false
    /// Whether it lies in the account's home, whose folder for it is made.
    var isInHome: Bool
    /// Whether it is root's and open to be read: outside the home, or in a directory of root's in somebody else's home.
    var isRoots = false
    /// Remarks for a person: why sshd cannot read the file, which other files sshd reads.
    var remarks: [String] = []
    var keys: [PublicKey] = []
    var strangers: [String] = []

    private var folder: AbsolutePath { path.parent ?? .root }

    /// Where the keys of an account are: `~/.ssh/authorized_keys` where sshd reads it, else the first file that it reads.
    static func path(of holder: KeyHolder, on host: some HostReading) throws(HostFault) -> AbsolutePath {
        path(of: holder, try KeyPlaces(of: holder, on: host))
    }

    private static func path(of holder: KeyHolder, _ places: KeyPlaces) -> AbsolutePath {
        let usual = holder.home.appending(".ssh/authorized_keys")
        return places.files.contains(usual) ? usual : places.files.first ?? usual
    }

    /// - Throws: `Refusal` where `~/.ssh` or the file is a link or another kind of object.
    init(of holder: KeyHolder, on host: some HostReading) throws {
        let places = try KeyPlaces(of: holder, on: host)
        path = Self.path(of: holder, places)
        isInHome = path.isBelowOrEqual(to: holder.home)
        isRoots = !isInHome
        remarks = places.remark.map { [$0] } ?? []
        for other in places.files where other != path {
            if try host.status(of: other) != nil { remarks.append("sshd also takes the keys in \(other)") }
        }
        let folder = self.folder
        guard let status = try host.status(of: folder) else { return }
        try status.mustBe(.directory, at: folder)
        hasFolder = true
        if isInHome {
            let isAlone = status.owner == 0 && status.permissions.bits & 0o022 == 0
            isRoots = try isAlone && holder.uid != 0 && host.status(of: holder.home)?.owner != 0
        }
        if !holder.has(0o1, of: status) { remarks.append(Self.remark(on: folder, status, holder)) }
        guard let file = try host.status(of: path) else { return }
        try file.mustBe(.file, at: path)
        if holder.has(0o1, of: status), !holder.has(0o4, of: file) {
            remarks.append(Self.remark(on: path, file, holder))
        }
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

    private static func remark(on path: AbsolutePath, _ status: FileStatus, _ holder: KeyHolder) -> String {
        "sshd reads the keys as \(holder.name), who cannot: \(path) has mode \(FileMode(status.permissions).text) and owner "
            + (status.owner == 0 ? "root" : "\(status.owner)")
    }

    /// The steps that make the folder where it is missing and edit the file, as the account.
    func steps(_ edit: KeysEdit, owner: Owner, group: Owner) throws(Refusal) -> [Step] {
        guard hasFolder || isInHome else {
            throw Refusal(
                "sshd reads these keys from \(path), and the directory \(folder) does not exist",
                hint: "declare it, root's; sshd_config names it as AuthorizedKeysFile")
        }
        let making = DirectoryCreation(
            folder, attributes: Attributes(owner: owner, group: group, mode: FileMode(Permissions(0o700))))
        let creation =
            isRoots
            ? Attributes(owner: .name(.root), group: .name(.root), mode: FileMode(Permissions(0o644)))
            : Attributes(owner: owner, group: group, mode: FileMode(Permissions(0o600)))
        return (hasFolder ? [] : [.makeDirectory(making)]) + [
            .editFile(FileEdit(path, edit, creation: creation))
        ]
    }

    /// Whether the file fulfils the declaration: each key with its options, and nothing else if it says so.
    func satisfies(_ membership: Membership<PublicKey>) -> Bool {
        membership.isSatisfied(by: keys)
            && (!membership.isExact || (strangers.isEmpty && Set(keys).count == keys.count))
    }
}

extension KeyHolder {
    /// nil where there is no such account, or where it has no home.
    init?(_ user: AccountName, on host: some HostReading) throws(HostFault) {
        guard let entry = try host.account(.name(user)), let home = entry.home else { return nil }
        self.init(entry, home: home, in: try AccountDatabase(reading: host))
    }

    /// Whether a permission (4, 2 or 1) is granted by owner, primary group or everybody's bits; true where it cannot be
    /// told yet.
    func has(_ bit: UInt16, of status: FileStatus) -> Bool {
        guard let uid, uid != 0 else { return true }
        let shift: UInt16 = status.owner == uid ? 6 : status.group == gid ? 3 : 0
        return status.permissions.bits & bit << shift != 0
    }
}
