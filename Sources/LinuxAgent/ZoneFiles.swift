import CShim
import Glibc
import LinuxHost
public import Scheduling

/// The time zones of the system, each read once.
public struct ZoneFiles {
    private struct Loaded {
        var zone: ScheduleZone?
        var modified: Int64
    }

    private var loaded: [String: Loaded] = [:]

    public init() {}

    /// A zone by its name, `UTC` or `local`; nil where there is no file of it.
    public mutating func zone(_ name: String) -> ScheduleZone? {
        if name == "UTC" { return .utc }
        if let known = loaded[name] { return known.zone }
        let path = Self.path(name)
        let bytes = try? LocalFiles.contents(of: path, limit: 1 << 20)
        let zone = bytes.flatMap { ScheduleZone(name, file: $0) }
        loaded[name] = Loaded(zone: zone, modified: Self.modified(path))
        return zone
    }

    private var changed: [String] {
        loaded.filter { $0.value.modified != Self.modified(Self.path($0.key)) }.map(\.key)
    }

    var isChanged: Bool { !changed.isEmpty }

    /// Forgets the zones whose files have changed; true when there was one.
    mutating func dropChanged() -> Bool {
        let old = changed
        for name in old { loaded[name] = nil }
        return !old.isEmpty
    }

    private static func path(_ name: String) -> String {
        name == "local" ? "/etc/localtime" : "/usr/share/zoneinfo/\(name)"
    }

    private static func modified(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0
            ? Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec) : 0
    }
}
