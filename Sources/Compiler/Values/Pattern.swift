import Expressions
import Model

/// A node whose expressions are parsed: made once for each file, evaluated for each host and element.
indirect enum Pattern: Sendable {
    /// No expression anywhere inside; the value is only meaningful for free values.
    case constant(Node, Value)
    /// A scalar that is one whole expression.
    case expression(SiteExpression, Place)
    /// Text with expressions in it.
    case text([Piece], Place)
    case list([Pattern], Place)
    case map([Member], Place)

    enum Piece: Sendable {
        case text(String)
        case expression(SiteExpression)
    }

    struct Member: Sendable {
        var key: Pattern
        var keyPlace: Place
        var value: Pattern
    }

    var place: Place {
        switch self {
        case .constant(let node, _): node.place
        case .expression(_, let place), .text(_, let place), .list(_, let place), .map(_, let place): place
        }
    }

    /// The node, where nothing has to be evaluated.
    var constant: Node? {
        if case .constant(let node, _) = self { node } else { nil }
    }
}
