// modules: Expressions
// Any text as an expression: a value or an error within bounded steps and memory; a value prints as JSON or says why not.
import Expressions

private let scope = Bindings([
    "text": .string("some text"), "number": .int(7), "list": .list([.int(1), .string("a"), .bool(true)]),
])

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self)
    guard let expression = try? Expression(parsing: text) else { return 0 }
    if let value = try? expression.evaluate(in: scope) { _ = try? value.typedJSON() }
    return 0
}
