// modules: Scheduling
// The input is a definition's file.
import Scheduling

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    guard let definition = try? ScheduleDefinition(file: bytes) else { return 0 }
    let again = try? ScheduleDefinition(file: Array(definition.fileText.utf8))
    precondition(again == definition, "what is written is not read back")
    return 0
}
