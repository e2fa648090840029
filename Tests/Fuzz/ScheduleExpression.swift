// modules: Scheduling
// The first byte chooses the dialect, the rest is an expression.
import Scheduling

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let bytes = UnsafeBufferPointer(start: data, count: count)
    let dialect = Dialect.allCases[Int(bytes[0]) % Dialect.allCases.count]
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    do {
        let expression = try ScheduleExpression(text, dialect: dialect)
        let again = try ScheduleExpression(expression.text)
        precondition(again.text == expression.text, "the canonical text is not canonical")
        let table = Timetable(expression, hostIdentifier: "host", key: "key")
        let start = Instant(seconds: 1_700_000_000)
        if let next = table.next(after: start) {
            precondition(next > start && table.matches(next), "next is not a later match")
            precondition(table.count(after: start, through: next) == 1, "count disagrees with next")
        }
    } catch {
        precondition(error.column >= 1, "there is no such column")
        _ = error.excerpt(of: text)
    }
    return 0
}
