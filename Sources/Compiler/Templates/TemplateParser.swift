import Model
import YAML

/// Builds a template from its tokens: `for`, `if`, `else`, `end`.
struct TemplateParser {
    private var tokens: ArraySlice<TemplateToken>
    private let source: SourceText
    /// The names that expressions may use.
    private var names: Set<String>
    private var diagnostics = Diagnostics()

    private enum End {
        case end(Place), otherwise(Place), file
    }

    static func template(
        _ source: SourceText, names: Set<String>, into diagnostics: inout Diagnostics
    ) -> Template? {
        do throws(Diagnostic) {
            let tokens = try TemplateLexer.tokens(of: source.bytes, file: source.file)
            var parser = TemplateParser(tokens: tokens[...], source: source, names: names)
            let (parts, end) = try parser.block(depth: 0)
            switch end {
            case .file: break
            case .end(let place): throw Diagnostic("expected text, found `end` without `for` or `if`", at: place)
            case .otherwise(let place): throw Diagnostic("expected text, found `else` without `if`", at: place)
            }
            diagnostics.add(contentsOf: parser.diagnostics)
            return parser.diagnostics.hasErrors ? nil : Template(path: source.file.path, parts: parts)
        } catch {
            diagnostics.add(error)
            return nil
        }
    }

    private mutating func block(depth: Int) throws(Diagnostic) -> ([TemplatePart], End) {
        var parts: [TemplatePart] = []
        while let token = tokens.popFirst() {
            switch token {
            case .text(let text): parts.append(.text(text))
            case .expression(let text, let place):
                if let expression = expression(text, place) { parts.append(.expression(expression)) }
            case .directive(let text, let place):
                let words = text.split(separator: " ", maxSplits: 1).map(String.init)
                if depth > 32 { throw Diagnostic("expected at most 32 levels of directives, found more", at: place) }
                switch words.first {
                case "end" where words.count == 1: return (parts, .end(place))
                case "else" where words.count == 1: return (parts, .otherwise(place))
                case "if" where words.count == 2: parts.append(try branch(words[1], place, depth))
                case "for" where words.count == 2: parts.append(try loop(words[1], place, depth))
                default:
                    throw Diagnostic(
                        "expected a directive, found `\(text.split(separator: " ").joined(separator: " "))`", at: place,
                        hint: "`for NAME in LIST`, `for KEY, VALUE in MAP`, `if CONDITION`, `else` or `end`")
                }
            }
        }
        return (parts, .file)
    }

    private mutating func branch(_ text: String, _ place: Place, _ depth: Int) throws(Diagnostic) -> TemplatePart {
        let condition = expression(text, shifted(place, to: text))
        let (then, end) = try block(depth: depth + 1)
        var otherwise: [TemplatePart] = []
        if case .otherwise = end {
            let (parts, end) = try block(depth: depth + 1)
            guard case .end = end else { throw unfinished("if", place) }
            otherwise = parts
        } else if case .file = end {
            throw unfinished("if", place)
        }
        guard let condition else { return .text("") }
        return .branch(condition, then: then, otherwise: otherwise)
    }

    private mutating func loop(_ text: String, _ place: Place, _ depth: Int) throws(Diagnostic) -> TemplatePart {
        guard let range = text.firstRange(of: " in ") else {
            throw Diagnostic("expected `for NAME in LIST`, found `for \(text)`", at: place)
        }
        let loopNames = text[..<range.lowerBound].split(separator: ",").map { $0.split(separator: " ").joined() }
        guard (1...2).contains(loopNames.count), loopNames.allSatisfy(\.isVariableName) else {
            throw Diagnostic("expected one or two names after `for`, found `\(text[..<range.lowerBound])`", at: place)
        }
        let list = String(text[range.upperBound...])
        let expression = expression(list, shifted(place, to: list))
        let outer = names
        names.formUnion(loopNames)
        let (body, end) = try block(depth: depth + 1)
        names = outer
        guard case .end = end else { throw unfinished("for", place) }
        guard let expression else { return .text("") }
        return .loop(names: loopNames, expression, body: body)
    }

    private func unfinished(_ word: String, _ place: Place) -> Diagnostic {
        Diagnostic("expected `%{{ end }}` of this `\(word)`, found none", at: place)
    }

    /// The place of an expression inside its directive.
    private func shifted(_ place: Place, to text: String) -> Place {
        var shifted = place
        let line = source.line(place.line).dropFirst(place.column - 1)
        if let range = line.firstRange(of: text) {
            shifted.column += line.distance(from: line.startIndex, to: range.lowerBound)
        }
        return shifted
    }

    private mutating func expression(_ text: String, _ place: Place) -> SiteExpression? {
        var parser = PatternParser(source: source, names: names)
        let expression = parser.expression(text, at: place)
        diagnostics.add(contentsOf: parser.diagnostics)
        return expression
    }
}
