/// One lexical element of an expression.
struct Token {
    enum Kind: Equatable {
        case int(UInt64)
        case uint(UInt64)
        case double(Double)
        case string(String)
        case bytes([UInt8])
        case identifier(String)
        case quotedIdentifier(String)
        case symbol(String)
        case end
    }

    let kind: Kind
    /// UTF-8 offset of its first byte.
    let offset: Int

    /// The token as an error message names it.
    var description: String {
        switch kind {
        case .int, .uint, .double: "a number"
        case .string: "a string"
        case .bytes: "bytes"
        case .identifier(let name): "'\(name)'"
        case .quotedIdentifier(let name): "`\(name)`"
        case .symbol(let text): "'\(text)'"
        case .end: "the end"
        }
    }
}
