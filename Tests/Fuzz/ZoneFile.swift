// modules: Scheduling TimeZones
// The input is a TZif file.
import Scheduling
import TimeZones

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    guard let rules = ZoneRules(tzif: bytes) else { return 0 }
    for moment in [Int64.min, -1, 0, 1_700_000_000, 7_000_000_000, 253_402_300_799] {
        if moment > -62_135_596_800 { _ = rules.offset(at: moment) }
    }
    let zone = ScheduleZone("fuzzed", rules: rules)
    guard let expression = try? ScheduleExpression("30 2 * * *") else { return 0 }
    let table = Timetable(expression, zone: zone)
    var moment = Instant(seconds: 0)
    for _ in 0..<20 {
        guard let next = table.next(after: moment) else { break }
        precondition(next > moment, "next is not later")
        moment = next
    }
    return 0
}
