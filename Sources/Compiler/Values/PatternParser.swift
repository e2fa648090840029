import Expressions
import Model
import YAML

/// Turns nodes into patterns and checks the names that their expressions use.
struct PatternParser {
    /// How plain scalars without expressions are read.
    enum Reading {
        /// A field decides what a scalar means.
        case directed
        /// YAML's core schema decides.
        case free
    }

    let source: SourceText
    /// The names that expressions may use.
    var names: Set<String>
    var diagnostics = Diagnostics()

    init(source: SourceText, names: Set<String>) {
        self.source = source
        self.names = names
    }

    mutating func pattern(of node: Node, _ reading: Reading = .directed) -> Pattern {
        switch node.content {
        case .scalar(let text, _):
            guard ScalarText.holdsExpression(text) else { return constant(node, reading) }
            return scalar(text, at: node.place)
        case .list(let items):
            guard holdsExpression(node) else { return constant(node, reading) }
            return .list(items.map { pattern(of: $0, reading) }, node.place)
        case .map(let entries):
            guard holdsExpression(node) else { return constant(node, reading) }
            return .map(
                entries.map {
                    .init(
                        key: key($0.key, at: $0.keyPlace), keyPlace: $0.keyPlace,
                        value: pattern(of: $0.value, reading))
                }, node.place)
        case .null, .bool, .int, .double, .string, .bytes, .stream, .unknown: return constant(node, reading)
        }
    }

    /// A key of a mapping: always text.
    mutating func key(_ text: String, at place: Place) -> Pattern {
        ScalarText.holdsExpression(text)
            ? scalar(text, at: place)
            : .constant(Node(.scalar(text, isQuoted: true), at: place), .string(text))
    }

    /// A bare expression, the braces optional; nil if the node is not one.
    mutating func condition(_ node: Node) -> SiteExpression? {
        guard case .scalar(let text, let isQuoted) = node.content, isQuoted || !text.isEmpty else {
            let hint = YAMLHints.hintForCondition(node)
            diagnostics.add(Diagnostic("expected a condition, found \(node.found)", at: node.place, hint: hint))
            return nil
        }
        let pieces = ScalarText.pieces(of: text)
        if pieces.count == 1, case .expression(let inner, _) = pieces[0] {
            return expression(inner, at: source.expressionPlaces(from: node.place, count: 1).first ?? node.place)
        }
        if case .unterminated? = pieces.last { return unterminated(at: node.place) }
        if pieces.contains(where: \.isExpression) {
            diagnostics.add(
                Diagnostic(
                    "expected one condition, found text around `${{ }}`", at: node.place,
                    hint: "write the condition without `${{ }}`"))
            return nil
        }
        var place = node.place
        let line = source.line(place.line).dropFirst(place.column - 1)
        if isQuoted, line.first == "'" || line.first == "\"" { place.column += 1 }
        if isQuoted, line.first == "|" || line.first == ">" {
            place.line += 1
            place.column = source.line(place.line).prefix { $0 == " " }.count + 1
        }
        return expression(text, at: place)
    }

    private mutating func constant(_ node: Node, _ reading: Reading) -> Pattern {
        switch reading {
        case .directed: .constant(node, .null)
        case .free: .constant(node, CoreSchema.value(of: node, into: &diagnostics))
        }
    }

    private mutating func scalar(_ text: String, at place: Place) -> Pattern {
        let pieces = ScalarText.pieces(of: text)
        let count = pieces.count { $0.isExpression }
        var places = source.expressionPlaces(from: place, count: count).makeIterator()
        if pieces.count == 1, case .expression(let inner, _) = pieces[0] {
            guard let parsed = expression(inner, at: places.next() ?? place) else { return failed(at: place) }
            return .expression(parsed, place)
        }
        var parsed: [Pattern.Piece] = []
        for piece in pieces {
            switch piece {
            case .text(let text): parsed.append(.text(text))
            case .expression(let inner, _):
                if let expression = expression(inner, at: places.next() ?? place) {
                    parsed.append(.expression(expression))
                }
            case .unterminated: _ = unterminated(at: place)
            }
        }
        if count == 0 {
            let literal = parsed.reduce(into: "") { if case .text(let text) = $1 { $0 += text } }
            return .constant(Node(.string(literal), at: place), .string(literal))
        }
        return .text(parsed, place)
    }

    /// Stands for what could not be parsed; the error is already reported.
    private func failed(at place: Place) -> Pattern { .constant(Node(.unknown, at: place), .unknown) }

    private mutating func unterminated(at place: Place) -> SiteExpression? {
        let rest = source.line(place.line)
        let wasCut = rest.contains(" #") && rest.contains("}}")
        diagnostics.add(
            Diagnostic(
                "expected `}}` after `${{`, found the end of the value", at: place,
                hint: wasCut ? "a ` #` begins a comment: put the whole value in quotes" : nil))
        return nil
    }

    mutating func expression(_ text: String, at place: Place) -> SiteExpression? {
        do throws(Diagnostic) {
            let expression = try SiteExpression(text, at: place)
            for name in expression.expression.freeNames.sorted() where !names.contains(name) {
                diagnostics.add(
                    Diagnostic(
                        "expected a name in scope, found `\(name)`", at: nameplace(name, in: expression),
                        hint: Self.need(of: name) ?? Spelling.hint(for: name, among: Array(names))))
                return nil
            }
            return expression
        } catch {
            diagnostics.add(error)
            return nil
        }
    }

    /// How a name comes into scope that this scope lacks.
    private static func need(of name: String) -> String? {
        switch name {
        case "each": "`each` is the element of a `for_each`"
        case "param": "`param` holds the parameters of a role, inside the role"
        case "vars", "data", "fleet": "`\(name)` is there in manifests, roles and templates"
        default: nil
        }
    }

    /// The place of the first use of a name in an expression of one line.
    private func nameplace(_ name: String, in expression: SiteExpression) -> Place {
        var place = expression.place
        guard let range = expression.text.firstRange(of: name) else { return place }
        let before = expression.text[..<range.lowerBound]
        if !before.hasLineBreak { place.column += before.unicodeScalars.count }
        return place
    }

    private func holdsExpression(_ node: Node) -> Bool {
        switch node.content {
        case .scalar(let text, _): ScalarText.holdsExpression(text)
        case .list(let items): items.contains { holdsExpression($0) }
        case .map(let entries):
            entries.contains { ScalarText.holdsExpression($0.key) || holdsExpression($0.value) }
        case .null, .bool, .int, .double, .string, .bytes, .stream, .unknown: false
        }
    }
}

extension ScalarPiece {
    var isExpression: Bool {
        if case .expression = self { true } else { false }
    }
}
