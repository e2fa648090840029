public import Model

/// Keywords of sshd_config(5) with their values, in the order of the declaration.
public struct DropInSettings: Sendable, Hashable, FieldValue {
    struct Setting: Sendable, Hashable {
        var keyword: String
        /// One for each line.
        var values: [String]
    }

    let list: [Setting]

    init(_ list: [Setting] = []) {
        self.list = list
    }

    /// Which lines of a keyword count.
    enum Reading {
        case first, all
        /// All, and each lets more people in.
        case widening
    }

    static func reading(of keyword: String) -> Reading {
        switch keyword {
        case "allowgroups", "allowusers": .widening
        case "acceptenv", "denygroups", "denyusers", "hostcertificate", "hostkey", "listenaddress", "logverbose",
            "port",
            "setenv", "subsystem":
            .all
        default: .first
        }
    }

    var lines: [String] { list.flatMap { setting in setting.values.map { "\(setting.keyword) \($0)" } } }
    /// The files that the settings name; of one for each account the folder.
    var paths: [AbsolutePath] {
        list.flatMap(\.values).compactMap { value in
            AbsolutePath(value).flatMap { value.contains("%") ? $0.parent : $0 }
        }
    }

    public static var shape: Shape { .mapping(of: .either([.text(pattern: nil), .list(.text(pattern: nil))])) }

    public init(decoding node: Node) throws(DecodingFault) {
        guard case .map(let entries) = node.content, !entries.isEmpty else {
            throw DecodingFault(node, expected: "a mapping of keywords to values")
        }
        var list: [Setting] = []
        for entry in entries {
            let keyword = entry.key.lowercased()
            guard !keyword.isEmpty, keyword.utf8.allSatisfy(\.isASCIIWord), !["match", "include"].contains(keyword),
                !list.contains(where: { $0.keyword.lowercased() == keyword })
            else {
                throw DecodingFault(
                    at: entry.keyPlace, expected: "keywords of sshd_config(5), each once, and no Match and no Include",
                    found: "`\(entry.key)`")
            }
            var values: [String] = []
            if case .list(let items) = entry.value.content {
                for item in items { values.append(try Self.value(item)) }
            } else {
                values.append(try Self.value(entry.value))
            }
            if values.isEmpty { throw DecodingFault(entry.value, expected: "a value") }
            list.append(Setting(keyword: entry.key, values: values))
        }
        self.init(list)
    }

    private static func value(_ node: Node) throws(DecodingFault) -> String {
        switch node.content {
        case .bool(let claim): return claim ? "yes" : "no"
        case .scalar("true", isQuoted: false): return "yes"
        case .scalar("false", isQuoted: false): return "no"
        default: break
        }
        guard let text = node.text, !text.isEmpty, text == text.printable, text.trimmed == text else {
            throw DecodingFault(node, expected: "one line of text")
        }
        return text
    }

    public var rendered: Node.Content {
        .map(
            list.map { setting in
                let values = setting.values.map { Node(.string($0), at: .nowhere) }
                return .init(
                    key: setting.keyword, keyPlace: .nowhere,
                    value: values.count == 1 ? values[0] : Node(.list(values), at: .nowhere))
            })
    }

    public var shown: ShownText { .text(lines.joined(separator: "; ")) }
}
