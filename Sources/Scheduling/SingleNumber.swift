import Model

/// A mapping of one member with a number, such as `{allow: 2}`.
enum SingleNumber {
    static func decoded(
        _ node: Node, member: String, range: ClosedRange<Int>, expected: String
    ) throws(DecodingFault) -> Int {
        guard case .map(let entries) = node.content, entries.count == 1, let entry = entries.first,
            entry.key == member
        else { throw DecodingFault(node, expected: expected) }
        let number = try Int(decoding: entry.value)
        guard range.contains(number) else { throw DecodingFault(entry.value, expected: expected) }
        return number
    }

    static func rendered(_ number: Int, member: String) -> Node.Content {
        .map([.init(key: member, keyPlace: .nowhere, value: Node(.int(Int64(number)), at: .nowhere))])
    }
}
