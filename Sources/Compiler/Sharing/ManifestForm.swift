import Model

/// What manifests say, whatever the lines on which they say it: two items of the same form come to the same for a host.
struct ManifestForm {
    private(set) var text = ""

    static func text(of item: Manifest.Item) -> String {
        var form = ManifestForm()
        switch item {
        case .resource(let source): form.add("resource", source)
        case .addition(let source): form.add("addition", source)
        case .role(let use):
            form.add("role")
            form.add(use.name)
            form.add(use.parameters)
            form.add(use.loop)
            form.add(use.when?.text)
        }
        return form.text
    }

    static func text(of vars: [VarSource]) -> String {
        var form = ManifestForm()
        for source in vars {
            form.add(source.name)
            form.add(source.pattern)
        }
        return form.text
    }

    private mutating func add(_ kind: String, _ source: ResourceSource) {
        add(kind)
        add(source.type.name)
        for pattern in [source.label, source.key, source.loop] { add(pattern) }
        add(source.when?.text)
        add(source.fields)
        for relation in source.relations {
            add(relation.kind.rawValue)
            add(relation.pattern)
        }
        for pattern in [source.state, source.onUndeclared, source.tags, source.note] { add(pattern) }
    }

    private mutating func add(_ fields: [ResourceSource.FieldSource]) {
        add(String(fields.count))
        for field in fields {
            add(field.name)
            add(field.pattern)
        }
    }

    /// The length comes first, so that no text looks like several.
    private mutating func add(_ word: String?) {
        guard let word else { return text += "-" }
        text += "\(word.utf8.count):\(word)"
    }

    private mutating func add(_ pattern: Pattern?) {
        switch pattern {
        case nil: text += "-"
        case .constant(let node, _): add(node)
        case .expression(let expression, _):
            text += "e"
            add(expression.text)
        case .text(let pieces, _):
            text += "t\(pieces.count)"
            for piece in pieces {
                switch piece {
                case .text(let part): add(part)
                case .expression(let expression):
                    text += "e"
                    add(expression.text)
                }
            }
        case .list(let items, _):
            text += "l\(items.count)"
            for item in items { add(item) }
        case .map(let members, _):
            text += "m\(members.count)"
            for member in members {
                add(member.key)
                add(member.value)
            }
        }
    }

    private mutating func add(_ node: Node) {
        switch node.content {
        case .scalar(let word, let isQuoted):
            text += isQuoted ? "q" : "s"
            add(word)
        case .list(let items):
            text += "L\(items.count)"
            for item in items { add(item) }
        case .map(let entries):
            text += "M\(entries.count)"
            for entry in entries {
                add(entry.key)
                add(entry.value)
            }
        case .null, .bool, .int, .double, .string, .bytes, .stream, .unknown: add("\(node.content)")
        }
    }
}
