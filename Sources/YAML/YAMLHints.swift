public import Values

/// Messages for what libyaml refuses, and hints for the traps of YAML.
public enum YAMLHints {
    static let alias = "a plain `*` begins an alias: quote the value"
    static let flowKey = "`{` begins a mapping: quote the value, such as \"${{ vars.name }}\""

    static func hint(forTag tag: String) -> String {
        tag.hasPrefix("!!") || tag.hasPrefix("tag:")
            ? "quote the value where it is text, else leave the tag out"
            : "a plain `!` begins a tag: quote the value, such as \"\(tag)\""
    }

    static func diagnostic(for fault: YAMLSyntaxFault, in source: SourceText) -> Diagnostic {
        let place = source.place(line: fault.line, column: fault.column)
        let line = source.line(fault.line)
        if line.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
            let column = line.prefix { $0 == " " }.count + 1
            return Diagnostic(
                "expected spaces as indentation, found a tab", at: source.place(line: fault.line, column: column))
        }
        let hidden = [fault.line, fault.line - 1].lazy.filter { $0 > 0 }.compactMap { number in
            HiddenCharacters.remark(on: source.line(number).trimmingBlanks).map { "look at line \(number): \($0)" }
        }.first
        return Diagnostic(
            message(for: fault), at: place,
            hint: hint(for: fault, line: line) ?? hidden)
    }

    private static func message(for fault: YAMLSyntaxFault) -> String {
        let problem = fault.problem
        if problem.hasPrefix("did not find expected ") {
            let expected = problem.dropFirst("did not find expected ".count).replacing("'", with: "`")
            return "expected \(expected)\(context(of: fault)), found something else"
        }
        return switch problem {
        case "mapping values are not allowed in this context": "expected a value on one line, found another `: `"
        case "found unexpected end of stream": "expected a closing quote, found the end of the file"
        case "could not find expected ':'": "expected `:` after a key, found none"
        case "found character that cannot start any token": "expected a value, found a character that cannot begin one"
        case "block sequence entries are not allowed in this context": "expected a value, found a list entry `- `"
        default: "expected YAML, found: \(problem)\(context(of: fault))"
        }
    }

    private static func context(of fault: YAMLSyntaxFault) -> String {
        fault.context.map { " (\($0))" } ?? ""
    }

    private static func hint(for fault: YAMLSyntaxFault, line: String) -> String? {
        let value = value(of: line)
        if value.hasPrefix("!") { return "a plain `!` begins a tag: quote the value" }
        if value.hasPrefix("*") { return alias }
        if value.hasPrefix("&") { return "a plain `&` begins an anchor: quote the value" }
        if value.hasPrefix("%") || value.hasPrefix("@") || value.hasPrefix("`") {
            return "a value cannot begin with `\(value.prefix(1))`: quote it"
        }
        if line.contains("${{") { return "quote the value that holds `${{`" }
        if value.hasPrefix("\"") || value.hasPrefix("'"), !value.hasSuffix(String(value.prefix(1))) {
            return "a value that begins with a quote ends with it: put the whole value in single quotes"
        }
        if fault.problem.hasPrefix("mapping values"), value.contains(": ") { return "quote the value that holds `: `" }
        return nil
    }

    /// What stands after the first `: ` or `- ` of a line.
    private static func value(of line: String) -> Substring {
        var rest = line.drop { $0 == " " }
        while rest.hasPrefix("- ") { rest = rest.dropFirst(2).drop { $0 == " " } }
        if let colon = rest.firstRange(of: ": ") { rest = rest[colon.upperBound...].drop { $0 == " " } }
        return rest
    }
}

extension YAMLHints {
    public static func hintForCondition(_ node: Node) -> String? {
        switch node.content {
        case .list: "a plain `[` begins a list: quote the condition"
        case .map: "a plain `{` begins a mapping: quote the condition"
        default: nil
        }
    }
}

extension String {
    fileprivate var trimmingBlanks: Substring {
        var rest = self[...]
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}
