public import Model

/// One command of a sudo rule: `ALL`, a command line, or a mapping with `path`, `args` and `pattern`.
public struct SudoCommand: Sendable, Hashable, FieldValue {
    /// A path, `sudoedit` or `ALL`.
    public let path: String
    /// nil: with any arguments; empty: without any.
    public let args: [String]?
    /// Whether `*`, `?`, `[` and `]` are wildcards, which match blanks and slashes too.
    public let isPattern: Bool

    public static var shape: Shape {
        .either([
            .text(pattern: nil),
            .members([
                .init("path", .text(pattern: nil)), .init("args", .list(.text(pattern: nil))),
                .init("pattern", .boolean),
            ]),
        ])
    }

    public init(decoding node: Node) throws(DecodingFault) {
        var words: [Node] = [], args: [Node]?, isPattern = false
        if case .map(let entries) = node.content {
            for entry in entries {
                switch entry.key {
                case "path": words = [entry.value]
                case "args":
                    guard case .list(let items) = entry.value.content else {
                        throw DecodingFault(entry.value, expected: "a list of arguments")
                    }
                    args = items
                case "pattern": isPattern = try Bool(decoding: entry.value)
                default:
                    throw DecodingFault(
                        at: entry.keyPlace, expected: "path, args or pattern", found: "`\(entry.key)`",
                        hint: Spelling.hint(for: entry.key, among: ["path", "args", "pattern"]))
                }
            }
        } else {
            words = try String(decoding: node).split(separator: " ").map { Node(.string(String($0)), at: node.place) }
            if words.count > 1 { args = words[1].text == "\"\"" && words.count == 2 ? [] : Array(words.dropFirst()) }
        }
        guard let first = words.first else { throw DecodingFault(node, expected: "a command with its path") }
        path = try Self.path(first, mayStandAlone: args == nil)
        self.args = try args.map { (args) throws(DecodingFault) in
            var texts: [String] = []
            for arg in args { texts.append(try Self.argument(arg)) }
            return texts
        }
        self.isPattern = isPattern
    }

    private static func path(_ node: Node, mayStandAlone: Bool) throws(DecodingFault) -> String {
        let text = try String(decoding: node)
        if text == "ALL", mayStandAlone { return text }
        if text == "sudoedit", !mayStandAlone { return text }
        guard let path = AbsolutePath(text), path != .root, !text.hasControl, !text.has("\\") else {
            throw DecodingFault(
                node, expected: "an absolute path, `sudoedit` with a file, or ALL",
                hint: text.has("\\") ? backslash : nil)
        }
        return path.text
    }

    private static func argument(_ node: Node) throws(DecodingFault) -> String {
        let text = try String(decoding: node), expected = "an argument without blanks"
        guard !text.isEmpty, !text.hasControl, !text.contains(where: \.isWhitespace) else {
            throw DecodingFault(
                node, expected: expected, hint: "sudo compares all arguments as one text, joined by blanks")
        }
        guard !text.has("\\") else { throw DecodingFault(node, expected: expected, hint: backslash) }
        return text
    }

    private static let backslash = "sudo takes a backslash for an escape: no rule of it can have one"

    /// The command as sudoers(5) has it.
    var line: String {
        func escaped(_ text: String, _ special: String) -> String {
            text.unicodeScalars.reduce(into: "") { $0 += special.unicodeScalars.contains($1) ? "\\\($1)" : "\($1)" }
        }
        if path == "ALL" { return path }
        let head = escaped(path, ",:=# ")
        guard let args else { return head }
        let special = isPattern ? ",:=#^" : ",:=#^*?[]"
        return ([head] + (args.isEmpty ? ["\"\""] : args.map { escaped($0, special) })).joined(separator: " ")
    }

    /// Whether wildcards stand in it that nobody said to be some.
    var hasUndeclaredWildcard: Bool { !isPattern && path.contains { "*?[]!".contains($0) } }

    public var rendered: Node.Content {
        if path == "ALL" { return .string(path) }
        var entries = [Node.Entry(key: "path", keyPlace: .nowhere, value: Node(.string(path), at: .nowhere))]
        if let args { entries.append(.init(key: "args", keyPlace: .nowhere, value: Node(args.rendered, at: .nowhere))) }
        if isPattern {
            entries.append(.init(key: "pattern", keyPlace: .nowhere, value: Node(.bool(true), at: .nowhere)))
        }
        return .map(entries)
    }

    public var shown: ShownText { .text(line) }
}
