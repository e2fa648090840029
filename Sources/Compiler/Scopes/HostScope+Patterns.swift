import Expressions
import Model

/// Evaluating patterns: to nodes, which fields decode, or to free values.
extension HostScope {
    /// A pattern as a node: whole expressions keep their type, pieces are joined as text.
    func node(of pattern: Pattern, in scope: LocalScope) throws(Diagnostic) -> Node {
        switch pattern {
        case .constant(let node, _): return node
        case .expression(let expression, let place):
            let (value, isSecret) = try value(of: expression, in: scope)
            guard let content = try content(of: value, at: place, isSecret: isSecret) else {
                throw Diagnostic(
                    "expected a value that a manifest can hold, found \(value.found)", at: expression.place)
            }
            return Node(content, at: place, isSecret: isSecret)
        case .text(let pieces, let place):
            guard let (text, isSecret) = try text(of: pieces, in: scope) else { return Node(.unknown, at: place) }
            return Node(.string(text), at: place, isSecret: isSecret)
        case .list(let items, let place):
            var nodes: [Node] = []
            for item in items { nodes.append(try node(of: item, in: scope)) }
            return Node(.list(nodes), at: place)
        case .map(let members, let place):
            var entries: [Node.Entry] = []
            for member in members {
                let key = try node(of: member.key, in: scope)
                guard !key.isSecret else {
                    throw Diagnostic("expected a key without secrets, found a secret", at: key.place)
                }
                guard let text = key.text else {
                    if case .unknown = key.content { return Node(.unknown, at: place) }
                    throw Diagnostic("expected a text as key, found \(key.found)", at: key.place)
                }
                if entries.contains(where: { $0.key == text }) {
                    throw Diagnostic("expected each key once, found `\(text)` again", at: member.keyPlace)
                }
                entries.append(
                    .init(key: text, keyPlace: member.keyPlace, value: try node(of: member.value, in: scope)))
            }
            return Node(.map(entries), at: place)
        }
    }

    private func content(of value: Value, at place: Place, isSecret: Bool) throws(Diagnostic) -> Node.Content? {
        do {
            return try value.content(at: place, isSecret: isSecret)
        } catch {
            throw (error as? Diagnostic) ?? Diagnostic("\(error)", at: place)
        }
    }

    /// A pattern as a free value, and whether anything in it came through a secret.
    func value(of pattern: Pattern, in scope: LocalScope) throws(Diagnostic) -> (value: Value, isSecret: Bool) {
        switch pattern {
        case .constant(_, let value): return (value, false)
        case .expression(let expression, _): return try value(of: expression, in: scope)
        case .text(let pieces, _):
            guard let (text, isSecret) = try text(of: pieces, in: scope) else { return (.unknown, false) }
            return (.string(text), isSecret)
        case .list(let items, _):
            var values: [Value] = [], hasSecret = false
            for item in items {
                let (value, isSecret) = try value(of: item, in: scope)
                values.append(value)
                hasSecret = hasSecret || isSecret
            }
            return (.list(values), hasSecret)
        case .map(let members, _):
            var map = ValueMap(), hasSecret = false
            for member in members {
                let (key, isKeySecret) = try value(of: member.key, in: scope)
                guard !isKeySecret, let text = key.joinedText else {
                    throw Diagnostic(
                        "expected a text as key, found \(isKeySecret ? "a secret" : key.found)", at: member.keyPlace)
                }
                let (value, isSecret) = try value(of: member.value, in: scope)
                map[text] = value
                hasSecret = hasSecret || isSecret
            }
            return (.map(map), hasSecret)
        }
    }

    /// The pieces joined; nil where one is unknown.
    private func text(
        of pieces: [Pattern.Piece], in scope: LocalScope
    ) throws(Diagnostic) -> (text: String, isSecret: Bool)? {
        var result = "", hasSecret = false, isKnown = true
        for piece in pieces {
            switch piece {
            case .text(let text): result += text
            case .expression(let expression):
                let (value, isSecret) = try value(of: expression, in: scope)
                hasSecret = hasSecret || isSecret
                guard let text = try joined(value, isSecret, at: expression.place) else {
                    isKnown = false
                    continue
                }
                result += text
            }
        }
        return isKnown ? (result, hasSecret) : nil
    }

    /// A value among text; nil where it is unknown.
    func joined(_ value: Value, _ isSecret: Bool, at place: Place) throws(Diagnostic) -> String? {
        if case .unknown = value { return nil }
        guard let text = value.joinedText else {
            throw Diagnostic(
                "expected a text, a number or a Boolean among text, found \(isSecret ? "another secret" : value.found)",
                at: place, hint: "json() and join() make a text of a list or a mapping")
        }
        return text
    }
}
