import Expressions
import Model

/// Renders templates for one host.
extension HostScope {
    /// The most text that a template may make, in bytes.
    private static let renderedLimit = 64 << 20

    /// The template's text; nil where something in it is unknown.
    func rendered(_ template: Template, in scope: LocalScope) throws(Diagnostic) -> (text: String, isSecret: Bool)? {
        var rendering = Rendering()
        try render(template.parts, in: scope, into: &rendering)
        return rendering.isKnown ? (rendering.text, rendering.isSecret) : nil
    }

    private struct Rendering {
        var text = ""
        var isSecret = false
        var isKnown = true
    }

    private func render(
        _ parts: [TemplatePart], in scope: LocalScope, into rendering: inout Rendering
    ) throws(Diagnostic) {
        for part in parts {
            switch part {
            case .text(let text): rendering.text += text
            case .expression(let expression):
                let (value, isSecret) = try value(of: expression, in: scope)
                rendering.isSecret = rendering.isSecret || isSecret
                if let text = try joined(value, isSecret, at: expression.place) {
                    rendering.text += text
                } else {
                    rendering.isKnown = false
                }
            case .branch(let condition, let then, let otherwise):
                guard let claim = try self.condition(condition, in: scope) else {
                    rendering.isKnown = false
                    continue
                }
                try render(claim ? then : otherwise, in: scope, into: &rendering)
            case .loop(let names, let list, let body):
                try repeated(names, list, body, in: scope, into: &rendering)
            }
            if rendering.text.utf8.count > Self.renderedLimit {
                throw Diagnostic("expected a template of at most \(Self.renderedLimit) bytes, found more", at: nil)
            }
        }
    }

    private func repeated(
        _ names: [String], _ list: SiteExpression, _ body: [TemplatePart], in scope: LocalScope,
        into rendering: inout Rendering
    ) throws(Diagnostic) {
        let (value, isSecret) = try value(of: list, in: scope)
        rendering.isSecret = rendering.isSecret || isSecret
        guard let elements = try elements(of: value, at: list.place, isSecret: isSecret) else {
            rendering.isKnown = false
            return
        }
        let isMap = if case .list = value { false } else { true }
        for element in elements {
            var inner = scope
            if names.count == 2 {
                inner.locals += [(names[0], element.key), (names[1], element.value)]
            } else {
                inner.locals.append((names[0], isMap ? element.key : element.value))
            }
            try render(body, in: inner, into: &rendering)
        }
    }

    /// The elements of a list, with their indexes as keys, or of a mapping; nil where they are unknown.
    func elements(
        of value: Value, at place: Place, isSecret: Bool
    ) throws(Diagnostic) -> [(key: Value, value: Value)]? {
        switch value {
        case .list(let items): return items.enumerated().map { (.int(Int64($0.offset)), $0.element) }
        case .map(let map): return map.entries.map { ($0.key, $0.value) }
        case .lazy(let map):
            do {
                return try elements(of: try map.materialised(), at: place, isSecret: isSecret)
            } catch {
                throw (error as? Diagnostic) ?? Diagnostic("\(error)", at: place)
            }
        case .unknown: return nil
        default:
            throw Diagnostic(
                "expected a list or a mapping, found \(isSecret ? "a secret" : value.found)", at: place)
        }
    }
}
