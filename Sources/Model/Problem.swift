/// Something wrong with a declaration that decoding one field alone does not show.
public struct Problem: Sendable, Hashable {
    /// The property that a person would change; nil where it is the declaration as a whole.
    public var property: String?
    /// Lower case, no full stop.
    public var text: String

    /// A problem of the whole declaration, such as two properties that exclude each other.
    public init(_ text: String) {
        self.text = text
    }

    /// A problem of one property's value: what was expected, and what was found.
    public init(_ property: String, _ message: String) {
        self.property = property
        text = "`\(property)`: \(message)"
    }

    /// A problem that is seen at one property and has to do with others.
    public init(at property: String, _ text: String) {
        self.property = property
        self.text = text
    }
}

extension Problem: ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) { self.init(text) }
}
