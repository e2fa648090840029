public import Values

/// Where a git repository is: `https://`, `ssh://`, `USER@HOST:PATH`, or a directory of the host itself.
///
/// Git knows more forms, some of which run programs (`ext::`, git-remote-ext(1)); only these are taken.
public struct GitAddress: Sendable, Hashable {
    public let text: String

    public init?(_ text: String) {
        guard Self.problem(of: text) == nil else { return nil }
        self.text = text
    }

    /// The directory of the host, where it is one.
    public var directory: AbsolutePath? {
        AbsolutePath(text.hasPrefix("file://") ? String(text.dropFirst(7)) : text)
    }

    /// Why a text is none, in words; nil for a good one.
    public static func problem(of text: String) -> String? {
        if text.utf8.count > 2000 { return "at most 2,000 bytes" }
        if text.unicodeScalars.contains(where: { $0.value < 32 || (127..<160).contains($0.value) }) {
            return "no control characters"
        }
        if text.hasPrefix("/") || text.hasPrefix("file://") {
            let path = text.hasPrefix("/") ? text : String(text.dropFirst(7))
            return AbsolutePath(path) == nil ? "write a canonical absolute path" : nil
        }
        if text.utf8.contains(where: { " \\".utf8.contains($0) }) { return "no blanks and no backslashes" }
        if text.utf8.contains(UInt8(ascii: "#")) { return "the branch, the tag or the commit is a field of its own" }
        if let rest = rest(of: text, after: "https://") { return problem(ofHost: rest, allowsUser: false) }
        if let rest = rest(of: text, after: "ssh://") { return problem(ofHost: rest, allowsUser: true) }
        if text.contains("://") || text.contains("::") { return "only https, ssh and file are taken" }
        guard let colon = text.firstIndex(of: ":") else { return "write an absolute path for a directory" }
        let path = text[text.index(after: colon)...]
        guard !path.isEmpty, !path.hasPrefix("-") else { return "write USER@HOST:PATH" }
        return text[..<colon].contains("@")
            ? problem(ofHost: "\(text[..<colon])/x", allowsUser: true) : "write USER@HOST:PATH"
    }

    private static func rest(of text: String, after start: String) -> Substring? {
        text.hasPrefix(start) ? text.dropFirst(start.count) : nil
    }

    /// - Parameter text: host and path, with what may be in front of the host and behind it.
    static func problem(ofHost text: Substring, allowsUser: Bool) -> String? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { return "a path follows the host" }
        var host = parts[0]
        if let at = host.lastIndex(of: "@") {
            let user = host[..<at]
            if user.contains(":") { return "a password has no place here: it would be seen in the list of processes" }
            guard allowsUser else { return "no account is given for https" }
            guard isWord(user, or: "._-") else { return "an account of letters, digits, `.`, `_` and `-`" }
            host = host[host.index(after: at)...]
        }
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            let number = host[host.index(after: host.startIndex)..<end], port = host[host.index(after: end)...]
            guard number.allSatisfy({ $0.isHexDigit || $0 == ":" }), number.contains(":"), port.isEmpty || isPort(port)
            else {
                return "the address in brackets cannot be read"
            }
            return nil
        }
        if let colon = host.firstIndex(of: ":") {
            guard isPort(host[colon...]) else { return "a port is a number" }
            host = host[..<colon]
        }
        return isWord(host, or: ".-_") ? nil : "the host is a name of letters, digits, `.`, `_` and `-`"
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && UInt16(text.dropFirst()).map { $0 > 0 && "\($0)" == text.dropFirst() } == true
    }

    private static func isWord(_ text: Substring, or others: StaticString) -> Bool {
        !text.isEmpty && !text.hasPrefix("-") && text.isASCIIWord(or: others)
    }
}

extension GitAddress: FieldValue {
    public static var shape: Shape { .text(pattern: nil) }

    public init(decoding node: Node) throws(DecodingFault) {
        let expected = "https://HOST/PATH, ssh://USER@HOST/PATH, USER@HOST:PATH or the path of a directory"
        guard let text = node.text else { throw DecodingFault(node, expected: expected) }
        if let problem = Self.problem(of: text) { throw DecodingFault(node, expected: expected, hint: problem) }
        self.text = text
    }

    public var rendered: Node.Content { .string(text) }
    public var shown: ShownText { .text(text) }
}

/// The name of a branch or a tag, or of a ref in full, by the rules of git-check-ref-format(1).
public struct GitRefName: TextValue {
    public let text: String

    public init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= 200, !text.hasPrefix("-"), text != "@", !text.hasSuffix("."),
            !text.contains(".."), !text.contains("@{")
        else { return nil }
        let special = "~^:?*[\\".unicodeScalars
        guard text.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value != 127 && !special.contains($0) }) else {
            return nil
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }) else { return nil }
        self.text = text
    }

    public static var shape: Shape { .text(pattern: nil) }
    public static let expectation = "the name of a branch or a tag"
    public static let hint: String? = "as git-check-ref-format(1) allows it; a commit is given by `commit`"

    /// The full names that it may have.
    public var candidates: [String] {
        text == "HEAD" || text.hasPrefix("refs/") ? [text] : ["refs/heads/\(text)", "refs/tags/\(text)"]
    }
}

/// The name of a commit: 40 hexadecimal digits in lower case.
public struct GitCommitName: TextValue {
    public let text: String

    public init?(_ text: String) {
        let isHexadecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard text.utf8.count == 40, isHexadecimal else { return nil }
        self.text = text
    }

    public static var shape: Shape { .text(pattern: "^[0-9a-f]{40}$") }
    public static let expectation = "the 40 hexadecimal digits of a commit"
    public static let hint: String? = "in lower case, as `git rev-parse HEAD` prints them; a branch or a tag is a `ref`"
}
