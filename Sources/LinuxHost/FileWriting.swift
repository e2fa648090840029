import CShim
import Glibc
import SystemFiles
public import Model
import SystemCalls

/// A file that is written beside its place and not yet there.
struct PendingFile {
    var path: AbsolutePath
    var entry: Linux.Entry
    var temporary: String
    var descriptor: Int32
    /// The empty directory at the path must go first.
    var replacesDirectory: Bool
    /// Whether its content came through `secret()`.
    var isSecret = false

    func close() { Glibc.close(descriptor) }
}

/// A whole file as it is wanted.
struct WantedFile {
    var path: AbsolutePath
    var content: FileContent
    var attributes: Attributes
    var replaced: Replaced
    var validator: Validator?
    /// The mode at creation where no mode is declared.
    var standardPermissions = Permissions(0o644)
}

/// Writing a file beside its place: temporary, content, owner, mode, attributes, validator. Nothing is visible yet.
extension Linux {
    func prepare(_ file: WantedFile) throws(HostFault) -> PendingFile {
        let entry = try writableEntry(file.path, "write")
        let present = try status(entry, file.path)
        try check(file.replaced, present, file.path)
        removeStale(in: entry.directory, file.path.parent ?? .root)
        let temporary = Self.temporaryName()
        let descriptor = lodestar_open(
            entry.directory.descriptor, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600, 0,
            entry.directory.identity)
        guard descriptor >= 0 else { throw HostFault("write", file.path.text, ErrorNumber.text(-descriptor)) }
        let pending = PendingFile(
            path: file.path, entry: entry, temporary: temporary, descriptor: descriptor,
            replacesDirectory: present?.kind == .directory, isSecret: file.content.isSecret)
        do throws(HostFault) {
            try fill(pending, file, present?.kind == .file ? present : nil)
            return pending
        } catch {
            discard(pending)
            pending.close()
            throw error
        }
    }

    private func fill(_ pending: PendingFile, _ file: WantedFile, _ present: FileStatus?) throws(HostFault) {
        try file.content.read { (piece) throws(HostFault) in
            guard LocalFiles.writeAll(piece, to: pending.descriptor) else {
                throw HostFault("write", file.path.text, ErrorNumber.last.text)
            }
        }
        if present != nil { try copyAttributes(to: pending, file.path) }
        let owner = try number(file.attributes.owner, kind: .user) ?? present?.owner ?? 0
        let group = try number(file.attributes.group, kind: .group) ?? present?.group ?? 0
        let base = present?.permissions ?? file.standardPermissions
        let permissions = file.attributes.mode?.applied(to: base, isDirectory: false) ?? base
        try checkKept(pending.entry, file.path, owner: owner, permissions, present)
        try change(pending.descriptor, owner: owner, group: group, file.path)
        let result = lodestar_change_mode(pending.descriptor, mode_t(permissions.bits))
        if result < 0 { throw HostFault("change the mode of", file.path.text, ErrorNumber.text(-result)) }
        switch file.validator {
        case .command(let command)?: try validate(pending, command)
        case .interpreter(let interpreter)?: try validate(pending, interpreter)
        case .source(let trial)?: try packageTool.read(trial)
        case nil:
            if try !isGuarded(file.path) { break }
            let status = FileStatus(kind: .file, permissions: permissions, owner: owner, group: group)
            let place = try place(of: file.path)
            if let fault = guardedPlaces.fault(of: status, at: place, "write", file.path) { throw fault }
            try check(file.path, .file(try file.content.bytes), isSecret: pending.isSecret)
        }
    }

    func change(_ descriptor: Int32, owner: UInt32, group: UInt32, _ path: AbsolutePath) throws(HostFault) {
        let result = lodestar_change_owner(descriptor, owner, group)
        if result < 0 { throw HostFault("change the owner of", path.text, ErrorNumber.text(-result)) }
    }

    /// In an enclave no user gets a file to write to: the directory may be another one of root's than the one that is
    /// meant.
    func checkKept(
        _ entry: Entry, _ path: AbsolutePath, owner: UInt32, _ permissions: Permissions, _ present: FileStatus?
    ) throws(HostFault) {
        guard entry.directory.trust == .enclave, Enclave.givesAway(owner: owner, permissions, present) else { return }
        throw Enclave.fault(path)
    }

    private func copyAttributes(to pending: PendingFile, _ path: AbsolutePath) throws(HostFault) {
        let old = lodestar_open(
            pending.entry.directory.descriptor, pending.entry.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, 0,
            lodestar_identity(uid: 0, gid: 0))
        if old == -ENOENT { return }
        guard old >= 0 else { throw HostFault("keep the attributes of", path.text, ErrorNumber.text(-old)) }
        defer { close(old) }
        let result = lodestar_copy_attributes(old, pending.descriptor)
        if result < 0 { throw HostFault("keep the attributes of", path.text, ErrorNumber.text(-result)) }
    }

    /// Checks that the object at the path may be replaced, by the rule of the step.
    func check(_ replaced: Replaced, _ present: FileStatus?, _ path: AbsolutePath) throws(HostFault) {
        guard let present else { return }
        switch replaced {
        case .nothing: throw HostFault("write", path.text, "a \(present.kind.rawValue) is already there")
        case .file(let digest):
            if present.kind != .file { throw HostFault("write", path.text, "a \(present.kind.rawValue) is there") }
            if let digest, try self.digest(of: path) != digest {
                throw HostFault("write", path.text, "it changed since it was observed")
            }
        case .anything:
            if present.kind == .directory, try entries(of: path)?.isEmpty == false {
                throw HostFault("write", path.text, "the directory there is not empty")
            }
        }
    }

    /// The number of an account or group in this root's own files; nil if no owner is declared.
    func number(_ owner: Owner?, kind: AccountKind) throws(HostFault) -> UInt32? {
        switch owner {
        case nil: return nil
        case .number(let number)?: return number
        case .name(.root)?: return 0
        case .name(let name)?:
            let found = kind == .group ? try accounts.gid(of: .name(name)) : try accounts.uid(of: .name(name))
            if let found { return found }
            if let foreign = try kind == .group ? gid(of: name) : account(.name(name))?.uid { return foreign }
            throw HostFault(
                "find", "\(kind.fileWord) \(name)", "there is no such \(kind.noun)")
        }
    }

    /// Removes the temporary; its descriptor stays open.
    func discard(_ pending: PendingFile) {
        _ = lodestar_remove(pending.entry.directory.descriptor, pending.temporary, 0, pending.entry.directory.identity)
    }

    /// Puts a durable file into its place.
    func place(_ pending: PendingFile) throws(HostFault) {
        let directory = pending.entry.directory
        if pending.replacesDirectory {
            let result = lodestar_remove(directory.descriptor, pending.entry.name, AT_REMOVEDIR, directory.identity)
            if result < 0 { throw HostFault("replace", pending.path.text, ErrorNumber.text(-result)) }
        }
        let result = lodestar_rename(
            directory.descriptor, pending.temporary, directory.descriptor, pending.entry.name, 0, directory.identity)
        if result < 0 { throw HostFault("write", pending.path.text, explained(-result, pending)) }
    }

    private func explained(_ number: Int32, _ pending: PendingFile) -> String {
        if number == EBUSY || number == EXDEV {
            return "\(ErrorNumber.text(number)): something is mounted on it; `in_place: true` writes into it"
        }
        if number == EPERM {
            let file = openat(pending.entry.directory.descriptor, pending.entry.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
            defer { close(file) }
            if file >= 0, lodestar_is_immutable(file) != 0 {
                return "\(ErrorNumber.text(number)): the file is immutable or append-only (chattr(1))"
            }
        }
        return ErrorNumber.text(number)
    }

    private static let temporaryPrefix = ".lodestar-"

    /// An unpredictable name, of a pattern that marks Lodestar's temporary files.
    static func temporaryName() -> String {
        var generator = SystemRandomNumberGenerator()
        return temporaryPrefix + String(generator.next(), radix: 36)
    }

    /// Deletes the temporary files that a killed run left beside the paths that it was about to change.
    public func removeRemains(beside paths: [AbsolutePath]) {
        for path in paths {
            guard let parent = path.parent, !cleaned.contains(parent), let entry = try? writableEntry(path, "tidy up")
            else { continue }
            removeStale(in: entry.directory, parent)
        }
    }

    /// Deletes the temporary files of a killed run, once for each directory; the run lock excludes a live owner.
    func removeStale(in directory: OpenDirectory, _ path: AbsolutePath) {
        guard cleaned.insert(path).inserted, let names = try? directory.names(at: path) else { return }
        for name in names where name.hasPrefix(Self.temporaryPrefix) {
            let result = lodestar_remove(directory.descriptor, name, 0, directory.identity)
            if result == -EISDIR { removeLeft(name, in: directory, path) }
        }
    }
}
