/// A compiled regular expression of the RE2 dialect.
///
/// Matching takes time linear in the text: there are no backreferences and no lookaround. Compilation is bounded
/// in depth and in program size. Two expressions are equal when their patterns are.
public struct RegularExpression: Sendable, Hashable {
    /// The pattern as it was written.
    public let pattern: String
    /// The names of the capture groups; index 0 is the whole match, nil is a group without a name.
    public let groupNames: [String?]
    let program: Program

    /// Compiles a pattern; throws an error that names the character where the pattern stops making sense.
    public init(_ pattern: String) throws(RegularExpressionError) {
        var parser = PatternParser(pattern)
        let tree = try parser.parse()
        self.pattern = pattern
        groupNames = parser.groupNames
        program = try Program(tree, groupCount: parser.groupNames.count)
    }

    /// How many instructions the compiled pattern has; matching takes at most this many steps for each character.
    public var instructionCount: Int { program.instructions.count }

    /// Whether the expression matches anywhere in the text.
    public func isFound(in text: String) -> Bool {
        var text = text
        return text.withUTF8 { Matcher(program, $0).slots(capturing: false, from: 0) != nil }
    }

    /// The leftmost match, with Perl's preference between alternatives; nil when there is none.
    public func firstMatch(in text: String) -> Match? {
        firstMatch(in: text, from: text.startIndex)
    }

    /// The leftmost match that begins at or after an index; `^` still means the beginning of the whole text.
    public func firstMatch(in text: String, from start: String.Index) -> Match? {
        var copy = text
        let offset = text.utf8.distance(from: text.startIndex, to: start)
        let slots = copy.withUTF8 { Matcher(program, $0).slots(capturing: true, from: offset) }
        guard let slots else { return nil }
        return Match(text: text, slots: slots, names: groupNames)
    }

    public static func == (left: Self, right: Self) -> Bool { left.pattern == right.pattern }

    public func hash(into hasher: inout Hasher) { hasher.combine(pattern) }
}

extension RegularExpression {
    /// One match: the range of the whole and of each capture group.
    public struct Match: Sendable {
        /// The whole match, then each group in order of its opening parenthesis; nil when a group took no part.
        public let ranges: [Range<String.Index>?]
        /// The range of the whole match.
        public let range: Range<String.Index>
        let text: String
        let names: [String?]

        init(text: String, slots: [Int], names: [String?]) {
            func index(_ offset: Int) -> String.Index { text.utf8.index(text.startIndex, offsetBy: offset) }
            var ranges: [Range<String.Index>?] = []
            for group in names.indices {
                let (lower, upper) = (slots[group * 2], slots[group * 2 + 1])
                ranges.append(lower < 0 || upper < lower ? nil : index(lower)..<index(upper))
            }
            self.text = text
            self.names = names
            self.ranges = ranges
            range = (ranges.first ?? nil) ?? text.startIndex..<text.startIndex
        }

        /// The text of a group by number, 0 for the whole match; nil when it took no part or does not exist.
        public subscript(group: Int) -> Substring? {
            guard ranges.indices.contains(group), let range = ranges[group] else { return nil }
            return text[range]
        }

        /// The text of a named group; nil when it took no part or does not exist.
        public subscript(name: String) -> Substring? {
            guard let group = names.firstIndex(of: name) else { return nil }
            return self[group]
        }
    }

    /// The text with every character that has a meaning in patterns escaped, so that it matches itself.
    public static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if "\\.+*?()|[]{}^$".unicodeScalars.contains(scalar) { result.append("\\") }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}

/// Why a pattern was refused, and where.
public struct RegularExpressionError: Error, Sendable, Hashable {
    /// The fault, in lower case and without a full stop.
    public let message: String
    /// The place in the pattern, in Unicode scalars from 0.
    public let offset: Int
    /// The text to write instead, if there is one.
    public let hint: String?

    init(_ message: String, at offset: Int, hint: String? = nil) {
        self.message = message
        self.offset = offset
        self.hint = hint
    }
}
