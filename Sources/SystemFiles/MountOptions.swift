public import Model

/// Options of a mount, in the order in which they were written; their order is no difference (mount(8)).
public struct MountOptions: Sendable, Hashable, FieldValue {
    public var words: [String]

    public init(_ words: [String]) {
        self.words = words
    }

    public init(decoding node: Node) throws(DecodingFault) {
        words =
            if case .list = node.content { try [String](decoding: node) } else {
                try String(decoding: node).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            }
        let isOption: (String) -> Bool = { word in
            !word.isEmpty && word.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "," }
        }
        guard words.allSatisfy(isOption) else {
            throw DecodingFault(node, expected: "options of mount(8) such as [noatime, nodev]")
        }
    }

    /// What counts: `defaults` and `rw` say nothing.
    private var effective: Set<String> { Set(words).subtracting(["defaults", "rw"]) }

    public static func == (left: MountOptions, right: MountOptions) -> Bool { left.effective == right.effective }
    public func hash(into hasher: inout Hasher) { hasher.combine(effective) }

    public var isBound: Bool { has("bind") || has("rbind") }
    public func has(_ word: String) -> Bool { words.contains(word) }

    /// What each mount shows of them: the flags that do not depend on the file system.
    public var flags: Set<String> {
        words.reduce(into: []) { flags, word in
            switch word {
            case "ro", "nosuid", "nodev", "noexec", "noatime": flags.insert(word)
            case "rw": flags.remove("ro")
            case "suid", "dev", "exec", "atime": flags.remove("no\(word)")
            case "relatime", "strictatime": flags.remove("noatime")
            case "owner", "group": flags.formUnion(["nosuid", "nodev"])
            case "user", "users": flags.formUnion(["nosuid", "nodev", "noexec"])
            default: break
            }
        }
    }

    public static var shape: Shape { .either([.text(pattern: nil), .list(.text(pattern: nil))]) }
    public var rendered: Node.Content { words.rendered }
    public var shown: ShownText { .text(words.joined(separator: ",")) }
}
