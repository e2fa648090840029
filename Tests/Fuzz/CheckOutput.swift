// modules: Resources Model
// Any bytes as the output of a check in each format: a file of metrics in which each sample is the check's own.
import Model
import Resources

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    for format in CheckFormat.allCases {
        let reading = CheckReading(format, name: "job", .exit(0), output: bytes, beginning: bytes)
        let text = CheckMetrics("job", reading, duration: 1, time: 2).text
        for line in text.utf8.split(separator: 0x0A) where line.first != UInt8(ascii: "#") {
            let name = line.prefix { $0 != UInt8(ascii: "{") }, rest = line.dropFirst(name.count)
            precondition(name.starts(with: "lodestar_check_".utf8) || name.starts(with: "job_".utf8))
            precondition(rest.starts(with: "{check=\"job\"".utf8))
        }
    }
    return 0
}
