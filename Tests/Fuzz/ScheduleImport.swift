// modules: Scheduling
// The first byte chooses crontab, table with users or timer; the rest is the file.
import Scheduling

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let bytes = UnsafeBufferPointer(start: data, count: count), file = Array(bytes.dropFirst())
    let imported =
        bytes[0] % 3 == 2
        ? ImportedSchedules(timer: file, name: "fuzzed.timer")
        : ImportedSchedules(crontab: file, hasUsers: bytes[0] % 3 == 1, user: "root")
    for job in imported.jobs { precondition(job.definition.problems.isEmpty, "an impossible record was made") }
    _ = imported.manifest
    return 0
}
