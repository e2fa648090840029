extension Duration {
    static let pattern = "^([0-9]+(ms|s|m|h|d|w))+$"

    /// Reads `20s`, `5m`, `1h30m`, `250ms`, `2d`, `1w`; each unit at most once, the larger before the smaller.
    public init?(text: String) {
        var rest = Substring(text), total = Duration.zero
        var units: [(String, Duration)] = [
            ("w", .seconds(604_800)), ("d", .seconds(86400)), ("h", .seconds(3600)), ("m", .seconds(60)),
            ("s", .seconds(1)), ("ms", .milliseconds(1)),
        ]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, digits.count <= 9, let count = Int(digits) else { return nil }
            let name = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let index = units.firstIndex(where: { $0.0 == name }) else { return nil }
            total += units[index].1 * count
            units.removeFirst(index + 1)
            rest = rest.dropFirst(digits.count + name.count)
        }
        self = total
    }

    /// The canonical text, such as `1h30m`.
    public var text: String {
        var milliseconds = wholeMilliseconds
        guard milliseconds > 0 else { return "0s" }
        var text = ""
        let units: [(String, Int64)] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]
        for (name, size) in units where milliseconds >= size {
            text += "\(milliseconds / size)\(name)"
            milliseconds %= size
        }
        return text
    }
}

extension Duration: FieldValue {
    public static var shape: Shape { .text(pattern: pattern) }

    public init(decoding node: Node) throws(DecodingFault) {
        guard let text = node.text, let duration = Duration(text: text) else {
            throw DecodingFault(node, expected: "a duration such as 20s, 5m or 1h30m")
        }
        self = duration
    }

    public var rendered: Node.Content { .string(text) }
    public var shown: ShownText { .text(text) }
}
