import Agent
import CShim
import Glibc
import LinuxHost
import Model
import Scheduling

/// The definitions of the schedules: one JSON file for each, read again when it changes.
final class DefinitionFolder {
    /// What tells one version of a file from another.
    struct Signature: Hashable {
        var inode: UInt64
        var size: Int64
        var seconds: Int64
        var nanoseconds: Int64
    }

    struct Entry {
        var signature: Signature
        /// The file as it was read: a definition is read from it again for each run, which keeps 10,000 of them small.
        var bytes: [UInt8]
        /// Why it is refused.
        var fault: String?
    }

    struct Changes {
        /// New or changed definitions that are good.
        var taken: [JobDescription] = []
        /// Names whose files are gone, or refused or switched off where they were good before.
        var removed: [String] = []
        /// What is refused: name and reason.
        var refused: [(name: String, reason: String)] = []
    }

    let path: String
    private let hostIdentifier: String
    private(set) var entries: [String: Entry] = [:]
    private var zones = ZoneFiles()

    init(path: String, hostIdentifier: String) {
        self.path = path
        self.hostIdentifier = hostIdentifier
    }

    var refusedCount: Int { entries.values.count { $0.fault != nil } }

    /// Whether the file of a time zone in use has changed.
    var isZoneChanged: Bool { zones.isChanged }

    /// Looks at all files.
    func scan() -> Changes {
        var changes = Changes()
        let isZoneChanged = zones.dropChanged()
        guard let stream = opendir(path) else {
            changes.removed = Array(entries.keys)
            entries = [:]
            return changes
        }
        defer { closedir(stream) }
        var seen: Set<String> = []
        seen.reserveCapacity(entries.count)
        while let item = readdir(stream) {
            let file = withUnsafeBytes(of: &item.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let name = Self.name(ofFile: file) else { continue }
            seen.insert(name)
            look(at: name, in: dirfd(stream), isForced: isZoneChanged, &changes)
        }
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
        var status = stat()
        guard fstatat(directory, "\(name).json", &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            if entries.removeValue(forKey: name) != nil { changes.removed.append(name) }
            return
        }
        let signature = Signature(
            inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: Int64(status.st_mtim.tv_sec),
            nanoseconds: Int64(status.st_mtim.tv_nsec))
        if !isForced, entries[name]?.signature == signature { return }
        let wasTaken = entries[name].map { $0.fault == nil } ?? false
        var entry = Entry(signature: signature, bytes: [], fault: nil)
        do throws(DefinitionFault) {
            entry.bytes = try Self.bytes(of: "\(name).json", in: directory)
            if let job = try job(name, entry.bytes) {
                changes.taken.append(job)
            } else if wasTaken {
                changes.removed.append(name)
            }
        } catch {
            entry.fault = error.message
            entry.bytes = []
            changes.refused.append((name, error.message))
            if wasTaken { changes.removed.append(name) }
        }
        entries[name] = entry
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

    /// Whoever may write the file decides what root runs.
    private static func bytes(of file: String, in directory: Int32) throws(DefinitionFault) -> [UInt8] {
        let descriptor = openat(directory, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw DefinitionFault("cannot read it: \(ErrorNumber.text(errno))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw DefinitionFault("expected a regular file")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0, status.st_mode & 0o022 == 0 else {
            throw DefinitionFault("expected a file that only its owner root can write")
        }
        guard status.st_size <= ScheduleDefinition.fileLimit else {
            throw DefinitionFault("expected at most \(ScheduleDefinition.fileLimit) bytes, found \(status.st_size)")
        }
        let size = Int(status.st_size)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let step = read(descriptor, buffer.baseAddress?.advanced(by: count), size - count)
                if step <= 0 { break }
                count += step
            }
        }
    }
}

/// The names of the schedules that a directory defines.
public enum DefinitionNames {
    public static func names(in path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let item = readdir(stream) {
            let file = withUnsafeBytes(of: &item.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let name = DefinitionFolder.name(ofFile: file) { names.append(name) }
        }
        return names.sorted()
    }
}
