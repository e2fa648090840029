public import Model

/// A size in bytes, or a count: `512M`, `2G`, `1024`.
public struct ByteSize: Sendable, Hashable {
    public var bytes: UInt64

    public init(_ bytes: UInt64) {
        self.bytes = bytes
    }

    /// The number with the largest suffix that leaves it whole.
    public var text: String {
        let (number, suffix) = bytes.inBinaryUnits
        return "\(number)\(suffix)"
    }
}

extension ByteSize: FieldValue {
    public static var shape: Shape { .either([.number, .text(pattern: "^([0-9]+[KMGT]?|unlimited)$")]) }

    public init(decoding node: Node) throws(DecodingFault) {
        let fault = DecodingFault(node, expected: "a number, with K, M, G or T for multiples of 1024")
        guard let text = node.text else { throw fault }
        let shifts: [Character: UInt64] = ["K": 10, "M": 20, "G": 30, "T": 40]
        let shift = text.last.flatMap { shifts[$0] }
        let digits = shift == nil ? Substring(text) : text.dropLast()
        guard !digits.isEmpty, digits.count <= 15, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            let number = UInt64(digits)
        else { throw fault }
        let (product, overflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
        guard !overflow, product <= UInt64(Int64.max) else { throw fault }
        self.init(product)
    }

    public var rendered: Node.Content { text == String(bytes) ? .int(Int64(clamping: bytes)) : .string(text) }
    public var shown: ShownText { .text(text) }
}
