// modules: RegularExpressions
// A pattern, a newline and a text: compiled and matched in bounded time, and what is found can be found again.
import RegularExpressions

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: data, count: min(count, 4096))
    let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let expression = try? RegularExpression(String(decoding: parts[0], as: UTF8.self)) else {
        return 0
    }
    let text = String(decoding: parts[1], as: UTF8.self)
    precondition(expression.isFound(in: text) == expression.isFound(in: text))
    return 0
}
