import CShim
import Glibc
import Model
public import Scheduling
import SystemCalls

/// The time zones of the system, each read once and again when it has changed.
public struct ZoneFiles {
    /// The mark of one version of a zone's file. A package that is upgraded may keep times and sizes, a link
    /// that is made anew leads elsewhere.
    private struct Signature: Hashable {
        var link: String?
        var numbers: [Int64]
    }

    private struct Loaded {
        var zone: ScheduleZone?
        var digest: Digest?
        var signature: Signature
    }

    private var loaded: [String: Loaded] = [:]

    public init() {}

    /// A zone by its name, `UTC` or `local`; nil where there is no file of it.
    public mutating func zone(_ name: String) -> ScheduleZone? {
        if let fixed = ScheduleZone(fixed: name) { return fixed }
        if let known = loaded[name] { return known.zone }
        // The signature first: what changes while it is read is found the next time.
        let signature = Self.signature(name)
        let (zone, digest, _) = Self.read(name)
        loaded[name] = Loaded(zone: zone, digest: digest, signature: signature)
        return zone
    }

    /// Reads again what may have changed.
    ///
    /// - Returns: the names of the zones that are others now.
    mutating func refresh() -> [String] {
        var changed: [String] = []
        for (name, known) in loaded {
            let signature = Self.signature(name)
            guard signature != known.signature else { continue }
            let (zone, digest, isUnreadable) = Self.read(name)
            if isUnreadable { continue }
            loaded[name]?.signature = signature
            if digest == known.digest, zone?.name == known.zone?.name { continue }
            loaded[name] = Loaded(zone: zone, digest: digest, signature: signature)
            changed.append(name)
        }
        return changed.sorted()
    }

    private static func path(_ name: String) -> String {
        name == "local" ? "/etc/localtime" : "/usr/share/zoneinfo/\(name)"
    }

    private static func read(_ name: String) -> (zone: ScheduleZone?, digest: Digest?, isUnreadable: Bool) {
        do throws(HostFault) {
            if let bytes = try LocalFiles.contents(of: path(name), limit: 1 << 20) {
                return (ScheduleZone(name, file: bytes), Digest(of: bytes), false)
            }
        } catch {
            return (nil, nil, true)
        }
        return (name == "local" ? localWithoutFile : nil, nil, false)
    }

    /// A host without /etc/localtime is in UTC (localtime(5)), and so is one whose link names it without any tzdata.
    private static var localWithoutFile: ScheduleZone? {
        guard let link = LocalFiles.linkTarget("/etc/localtime") else {
            return access("/etc/localtime", F_OK) == 0 || errno != ENOENT ? nil : .utc
        }
        return link.firstRange(of: "zoneinfo/").flatMap { ScheduleZone(fixed: String(link[$0.upperBound...])) }
    }

    private static func signature(_ name: String) -> Signature {
        let path = path(name)
        var status = stat()
        guard stat(path, &status) == 0 else { return Signature(link: LocalFiles.linkTarget(path), numbers: []) }
        return Signature(
            link: LocalFiles.linkTarget(path),
            numbers: [
                Int64(bitPattern: UInt64(status.st_dev)), Int64(bitPattern: UInt64(status.st_ino)),
                Int64(status.st_size), Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec),
                Int64(status.st_ctim.tv_sec), Int64(status.st_ctim.tv_nsec),
            ])
    }
}
