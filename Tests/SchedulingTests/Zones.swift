import Foundation
import Scheduling

/// The zones of the machine that runs the tests, loaded once.
enum Zones {
    nonisolated(unsafe) private static var known: [String: ScheduleZone] = [:]
    private static let lock = NSLock()

    static func named(_ name: String) -> ScheduleZone? {
        if let fixed = ScheduleZone(fixed: name) { return fixed }
        return lock.withLock {
            if let zone = known[name] { return zone }
            guard let data = try? Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)")) else { return nil }
            let zone = ScheduleZone(name, file: Array(data))
            known[name] = zone
            return zone
        }
    }
}
