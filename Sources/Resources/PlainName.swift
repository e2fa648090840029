public import Model
import Scheduling

/// A name that can be a file's, a schedule's and a label's.
public struct PlainName: Sendable, Hashable {
    public let text: String

    static let none = PlainName(unchecked: "none")
    /// Before a declaration is decoded.
    static let unset = PlainName(unchecked: "")

    private init(unchecked text: String) {
        self.text = text
    }
}

extension PlainName: TextValue {
    public static var shape: Shape { .text(pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]*$") }
    public static let expectation = "a name of letters, digits, `_`, `-` and `.`"
    public static let hint: String? = "it begins with a letter or digit and has at most 64 characters"

    public init?(_ text: String) {
        guard ScheduleDefinition.isName(text), text.utf8.count <= 64 else { return nil }
        self.text = text
    }
}
