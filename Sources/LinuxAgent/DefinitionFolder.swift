import CShim
import Agent
import Glibc
public import Model
import Scheduling
import SystemCalls

/// The definitions of the schedules: one JSON file for each, read again when it changes.
final class DefinitionFolder {
    /// The mark of one version of a file.
    struct Signature: Hashable {
        var inode: UInt64
        var size: Int64
        /// Of its content and of its entry: some tools set the former back (ostree has all of them at 0).
        var changed: [Int]
    }

    struct Entry {
        var signature: Signature
        /// The file as it was read: a definition is read from it again for each run, which keeps 10,000 of them small.
        var bytes: [UInt8]
        /// Why it is refused.
        var fault: String? = nil
    }

    struct Changes {
        /// New or changed definitions that are good.
        var taken: [JobDescription] = []
        /// Names whose files are gone, or refused or switched off where they were good before.
        var removed: [String] = []
        /// The refused definitions: name and reason.
        var refused: [(name: String, reason: String)] = []
        /// Files that cannot be read now, whose definitions stay as they were: name, nil for the folder, and reason.
        var unread: [(name: String?, reason: String)] = []
    }

    /// Why a definition is not taken.
    private enum Fault: Error, Hashable {
        /// By what it is.
        case refused(String)
        /// By the disk, or for want of descriptors: it may be there and good.
        case unreadable(String)
        case absent
    }

    let path: String
    private let hostIdentifier: String
    private(set) var entries: [String: Entry] = [:]
    private var zones = ZoneFiles()
    /// The names that could not be read, and why.
    private var unread: [String: Fault] = [:]
    /// Why the folder itself could not be read, or must not be.
    private var folderFault: Fault?

    init(path: String, hostIdentifier: String) {
        self.path = path
        self.hostIdentifier = hostIdentifier
    }

    var refusedCount: Int { entries.values.count { $0.fault != nil } }

    /// Whether something could not be read and is to be looked at again soon.
    var hasUnread: Bool { folderFault != nil || !unread.isEmpty }

    /// Looks at the definitions again that hang on a time zone which is another one now.
    ///
    /// - Returns: the changes, and the names of the zones.
    func lookAtZones() -> (changes: Changes, zones: [String]) {
        let changed = zones.refresh()
        return (changed.isEmpty ? Changes() : scan(isForced: true), changed)
    }

    /// Looks at all files.
    func scan(isForced: Bool = false) -> Changes {
        var changes = Changes()
        if let objection = PathTrust.objection(to: path) {
            noteFolderFault(objection, &changes)
            changes.removed = Array(entries.keys)
            (entries, unread) = ([:], [:])
            return changes
        }
        let listing: DirectoryListing, directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if directory >= 0 { close(directory) } }
        do throws(ErrorNumber) {
            listing = try DirectoryListing(of: path)
        } catch {
            if error.number == ENOENT || error.number == ENOTDIR {
                changes.removed = Array(entries.keys)
                (entries, unread, folderFault) = ([:], [:], nil)
            } else {
                noteFolderFault("cannot read all of it: \(error.text)", &changes)
            }
            return changes
        }
        var seen: Set<String> = []
        seen.reserveCapacity(entries.count)
        for entry in listing.entries {
            guard let name = Self.name(ofFile: entry.name) else { continue }
            seen.insert(name)
            look(at: name, in: directory, isForced: isForced, &changes)
        }
        folderFault = nil
        for name in unread.keys where !seen.contains(name) { unread[name] = nil }
        for name in entries.keys where !seen.contains(name) {
            entries[name] = nil
            changes.removed.append(name)
        }
        return changes
    }

    /// Looks at some files only.
    func look(at names: Set<String>) -> Changes {
        var changes = Changes()
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return scan() }
        defer { close(directory) }
        for name in names { look(at: name, in: directory, isForced: false, &changes) }
        return changes
    }

    private func noteFolderFault(_ reason: String, _ changes: inout Changes) {
        let fault = Fault.unreadable(reason)
        if folderFault != fault { changes.unread.append((nil, reason)) }
        folderFault = fault
    }

    /// The name of the schedule that a file of the folder defines; nil for other files.
    static func name(ofFile file: String) -> String? {
        guard file.hasSuffix(".json") else { return nil }
        let name = String(file.dropLast(5))
        return ScheduleDefinition.isName(name) ? name : nil
    }

    /// Reads a definition as it was taken.
    func definition(_ name: String) -> ScheduleDefinition? {
        guard let entry = entries[name], entry.fault == nil else { return nil }
        return try? ScheduleDefinition(file: entry.bytes)
    }

    private func look(at name: String, in directory: Int32, isForced: Bool, _ changes: inout Changes) {
        do throws(Fault) {
            let signature = try Self.signature(of: "\(name).json", in: directory)
            if !isForced, unread[name] == nil, entries[name]?.signature == signature { return }
            let bytes = try Self.bytes(of: "\(name).json", in: directory)
            unread[name] = nil
            take(Entry(signature: signature, bytes: bytes), as: name, &changes)
        } catch {
            switch error {
            case .absent:
                unread[name] = nil
                if entries.removeValue(forKey: name) != nil { changes.removed.append(name) }
            case .refused(let reason):
                unread[name] = nil
                refuse(name, reason, try? Self.signature(of: "\(name).json", in: directory), &changes)
            case .unreadable(let reason):
                if unread[name] != error { changes.unread.append((name, reason)) }
                unread[name] = error
            }
        }
    }

    private func take(_ entry: Entry, as name: String, _ changes: inout Changes) {
        do throws(DefinitionFault) {
            let job = try job(name, entry.bytes)
            if job == nil, isTaken(name) { changes.removed.append(name) }
            entries[name] = entry
            if let job { changes.taken.append(job) }
        } catch {
            refuse(name, error.message, entry.signature, &changes)
        }
    }

    private func refuse(_ name: String, _ reason: String, _ signature: Signature?, _ changes: inout Changes) {
        changes.refused.append((name, reason))
        if isTaken(name) { changes.removed.append(name) }
        entries[name] = signature.map { Entry(signature: $0, bytes: [], fault: reason) }
    }

    private func isTaken(_ name: String) -> Bool { entries[name].map { $0.fault == nil } ?? false }

    private static func signature(of file: String, in directory: Int32) throws(Fault) -> Signature {
        var status = stat()
        guard fstatat(directory, file, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw errno == ENOENT ? .absent : .unreadable("cannot look at it: \(ErrorNumber.last.text)")
        }
        return Signature(
            inode: UInt64(status.st_ino), size: Int64(status.st_size),
            changed: [
                status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
            ])
    }

    /// nil for a definition that is switched off.
    private func job(_ name: String, _ bytes: [UInt8]) throws(DefinitionFault) -> JobDescription? {
        let definition = try ScheduleDefinition(file: bytes)
        guard definition.name == name else {
            throw DefinitionFault("expected the name of its file, found `\(definition.name)`")
        }
        guard let zone = zones.zone(definition.timezone) else {
            throw DefinitionFault(
                "expected a time zone with a file below /usr/share/zoneinfo, found `\(definition.timezone)`")
        }
        return JobDescription(definition, hostIdentifier: hostIdentifier, zone: zone)
    }

    /// The file decides what root runs, so only root may be able to write it.
    private static func bytes(of file: String, in directory: Int32) throws(Fault) -> [UInt8] {
        let descriptor = openat(directory, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw .absent }
            if errno == ELOOP { throw .refused("expected a regular file, found a link") }
            throw .unreadable("cannot read it: \(ErrorNumber.last.text)")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable("cannot read it: \(ErrorNumber.last.text)") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .refused("expected a regular file") }
        guard status.st_uid == geteuid() || status.st_uid == 0, status.st_mode & 0o022 == 0 else {
            throw .refused("expected a file that only its owner root can write")
        }
        guard status.st_size <= ScheduleDefinition.fileLimit else {
            throw .refused("expected at most \(ScheduleDefinition.fileLimit) bytes, found \(status.st_size)")
        }
        let bytes: [UInt8]
        do throws(ReadFault) {
            bytes = try OpenFile.bytes(of: descriptor, limit: ScheduleDefinition.fileLimit, isPlain: true)
        } catch {
            throw .unreadable("cannot read it: \(error.reason)")
        }
        guard bytes.count == Int(status.st_size) else { throw .unreadable("it became shorter while it was read") }
        return bytes
    }
}

/// The names of the schedules that a directory defines.
public enum DefinitionNames {
    public static func names(in path: String) throws(HostFault) -> [String] {
        try LocalFiles.names(in: path).compactMap { DefinitionFolder.name(ofFile: $0) }
    }
}
