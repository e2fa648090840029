public import Values

/// A file of allowed signers, as ssh-keygen(1) has them: whose key may sign what, and when.
public struct AllowedSigners: Sendable, Hashable {
    /// One line.
    public struct Entry: Sendable, Hashable {
        public var line: Int
        /// Whose key it is, as it stands there.
        public var principals: String
        public var key: SigningKey
        /// The key signs certificates and nothing else: it never matches.
        public var isAuthority = false
        /// Patterns; nil for every purpose.
        public var namespaces: String?
        /// Seconds since 1970, the first and the last at which it counts.
        public var validAfter: Int64?
        public var validBefore: Int64?
    }

    /// What the file is called.
    public let path: String
    public private(set) var entries: [Entry] = []

    static let greatestByteCount = 8 << 20

    /// Reads a file strictly: a line that cannot be read is an error, and so is a file without any.
    public init(parsing bytes: [UInt8], path: String, into diagnostics: inout Diagnostics) {
        self.path = path
        let file = SourceFile(path, bytes: bytes)
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            var line = line
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            var parser = SignerLine(Array(line))
            do throws(SignerLine.Fault) {
                if let entry = try parser.entry(index + 1) { entries.append(entry) }
            } catch {
                let place = Place(file: file, line: index + 1, column: error.column)
                diagnostics.add(Diagnostic(error.message, at: place, hint: error.hint))
            }
        }
        if entries.isEmpty, !diagnostics.hasErrors {
            diagnostics.add(
                Diagnostic(
                    "expected allowed signers, found none", at: Place(file: file, line: 1, column: 1),
                    hint: "one on a line, such as `ana@example.org namespaces=\"git\" ssh-ed25519 AAAA...`"))
        }
    }

    /// Why the entries of a key do not allow it, or the one that does.
    enum Answer: Hashable {
        case allowed(Entry)
        case unknown
        case authority(Entry)
        case namespace(Entry)
        case early(Entry, Int64)
        case late(Entry, Int64)
    }

    /// Whether some line allows a key for a purpose at all of some times.
    func answer(for key: SigningKey, namespace: String, at times: [Int64]) -> Answer {
        var first: Answer?
        for entry in entries where entry.key == key {
            let answer = entry.answer(namespace: namespace, at: times)
            if case .allowed = answer { return answer }
            first = first ?? answer
        }
        return first ?? .unknown
    }
}

extension AllowedSigners.Entry {
    fileprivate func answer(namespace: String, at times: [Int64]) -> AllowedSigners.Answer {
        if isAuthority { return .authority(self) }
        if let namespaces, !PatternList.matches(namespace, namespaces) { return .namespace(self) }
        for time in times {
            if let validAfter, time < validAfter { return .early(self, time) }
            if let validBefore, time > validBefore { return .late(self, time) }
        }
        return .allowed(self)
    }
}

/// Patterns with `*` and `?`, parted by commas; one with `!` in front forbids (PATTERNS in ssh_config(5)).
enum PatternList {
    static func matches(_ text: String, _ list: String) -> Bool {
        var isFound = false
        for pattern in list.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let isNegative = pattern.first == UInt8(ascii: "!")
            guard matches(Array(text.utf8)[...], Array(isNegative ? pattern.dropFirst() : pattern)[...]) else {
                continue
            }
            if isNegative { return false }
            isFound = true
        }
        return isFound
    }

    private static func matches(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        var text = text, pattern = pattern
        // Where the last `*` was, and where the text goes on behind it.
        var retry: (pattern: ArraySlice<UInt8>, text: ArraySlice<UInt8>)?
        while true {
            if let wanted = pattern.first, wanted == UInt8(ascii: "*") {
                pattern.removeFirst()
                retry = (pattern, text)
            } else if let byte = text.first, let wanted = pattern.first, wanted == byte || wanted == UInt8(ascii: "?") {
                text.removeFirst()
                pattern.removeFirst()
            } else if text.isEmpty, pattern.isEmpty {
                return true
            } else if let (after, from) = retry, !from.isEmpty {
                (pattern, text) = (after, from.dropFirst())
                retry = (after, text)
            } else {
                return false
            }
        }
    }
}
