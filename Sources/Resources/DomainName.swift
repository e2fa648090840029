public import Model

/// A name of a host (RFC 1123 §2.1), with `_` as many have it, in lower case: case is no difference.
public struct DomainName: Sendable, Hashable, TextValue {
    public let text: String

    /// What a resource has before its key is decoded.
    static let none = DomainName(unchecked: "none")

    private init(unchecked text: String) {
        self.text = text
    }

    /// - Returns: nil for an address too.
    public init?(_ text: String) {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.isASCIIWord(or: "-_") && label.first != "-"
                && label.last != "-"
        }
        guard isName, text.utf8.count <= 253, labels.last?.contains(where: { !$0.isNumber }) == true else { return nil }
        self.text = text.lowercased()
    }

    public static let expectation = "the name of a host"
    public static let hint: String? =
        "letters, digits, `-` and `_`, in parts between dots; another alphabet as `xn--...`"

    public static var shape: Shape { .text(pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]*$") }
}
