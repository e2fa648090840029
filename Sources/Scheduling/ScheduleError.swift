/// Why a schedule's text is refused, or what is odd about it, and where.
public struct ScheduleError: Error, Sendable, Hashable {
    /// What is allowed at the place, such as `a minute from 0 to 59`.
    public var expected: String
    /// What was found at the place, quoted if it is text.
    public var found: String
    /// The first character of the place, from 1.
    public var column: Int
    /// How many characters the place has, at least 1.
    public var length: Int
    public var hint: String?

    public init(expected: String, found: String, column: Int, length: Int = 1, hint: String? = nil) {
        self.expected = expected
        self.found = found
        self.column = column
        self.length = max(1, length)
        self.hint = hint
    }

    public var message: String { "expected \(expected), found \(found)" }

    /// The text with a caret below each character of the place, indented by two spaces.
    public func excerpt(of text: String) -> String {
        let line = text.map { $0.isNewline || $0 == "\t" ? " " : $0 }
        return "  \(String(line))\n  " + String(repeating: " ", count: max(0, column - 1))
            + String(repeating: "^", count: min(length, max(1, line.count + 1 - column)))
    }
}
