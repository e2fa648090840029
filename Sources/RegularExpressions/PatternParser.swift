/// Reads a pattern of the RE2 dialect (the syntax page of the RE2 project) into a tree.
struct PatternParser {
    struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotMatchesNewline = false
        var isUngreedy = false
    }

    let text: [Unicode.Scalar]
    var position = 0
    var flags = Flags()
    var groupNames: [String?] = [nil]
    private var depth = 0

    static let greatestDepth = 200
    static let greatestRepetition = 1000

    init(_ pattern: String) { text = Array(pattern.unicodeScalars) }

    var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

    func peek(_ distance: Int) -> Unicode.Scalar? {
        position + distance < text.count ? text[position + distance] : nil
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    mutating func parse() throws(RegularExpressionError) -> PatternTree {
        let tree = try alternatives()
        guard next == nil else { throw RegularExpressionError("unexpected ')'", at: position) }
        return tree
    }

    private mutating func alternatives() throws(RegularExpressionError) -> PatternTree {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.greatestDepth else {
            throw RegularExpressionError("groups nested deeper than \(Self.greatestDepth)", at: position)
        }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(RegularExpressionError) -> PatternTree {
        var items: [PatternTree] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            if scalar == "\\", peek(1) == "Q" {
                let start = position
                quoted(into: &items)
                if let last = items.popLast() { items.append(try repeated(last, from: start)) }
                continue
            }
            if scalar == "\\", peek(1) == "E" {
                position += 2
                continue
            }
            let start = position
            guard let atom = try atom() else { continue }
            items.append(try repeated(atom, from: start))
        }
        return items.count == 1 ? items[0] : (items.isEmpty ? .empty : .sequence(items))
    }

    private mutating func quoted(into items: inout [PatternTree]) {
        position += 2
        while let scalar = next {
            if scalar == "\\", peek(1) == "E" {
                position += 2
                return
            }
            position += 1
            items.append(literal(scalar.value))
        }
    }

    /// One item without its repetition; nil when flags were set and nothing is matched.
    private mutating func atom() throws(RegularExpressionError) -> PatternTree? {
        guard let scalar = next else { return .empty }
        let start = position
        position += 1
        switch scalar {
        case "(": return try group(from: start)
        case "[": return .set(try characterClass(from: start))
        case ".":
            var set = ScalarSet()
            if !flags.dotMatchesNewline { set.insert(0x0A...0x0A) }
            set.complement()
            return .set(set)
        case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?":
            throw RegularExpressionError("'\(scalar)' has nothing to repeat", at: start)
        case "\\": return try escape(from: start)
        default: return literal(scalar.value)
        }
    }

    func literal(_ scalar: UInt32) -> PatternTree {
        guard flags.ignoresCase else { return .scalar(scalar) }
        let others = ScalarSet.otherCases(of: scalar)
        guard !others.isEmpty else { return .scalar(scalar) }
        var set = ScalarSet()
        set.insert(scalar...scalar)
        others.forEach { set.insert($0...$0) }
        set.normalise()
        return .set(set)
    }

    private mutating func group(from start: Int) throws(RegularExpressionError) -> PatternTree? {
        let outer = flags
        var number: Int?
        if take("?") {
            if let name = try groupName(from: start) {
                groupNames.append(name)
                number = groupNames.count - 1
            } else if try !flagGroup(from: start) {
                return nil
            }
        } else {
            groupNames.append(nil)
            number = groupNames.count - 1
        }
        let inner = try alternatives()
        guard take(")") else { throw RegularExpressionError("'(' without ')'", at: start) }
        flags = outer
        guard let number else { return inner }
        return .group(inner, number: number)
    }

    private mutating func groupName(from start: Int) throws(RegularExpressionError) -> String? {
        if next == "=" || next == "!" || (next == "<" && (peek(1) == "=" || peek(1) == "!")) {
            throw RegularExpressionError(
                "lookaround is not supported", at: start, hint: "matching is linear in time: match the context itself")
        }
        if next == "P", peek(1) == "=" {
            throw RegularExpressionError("backreferences are not supported", at: start)
        }
        if next == "P", peek(1) == "<" { position += 2 } else if next == "<" { position += 1 } else { return nil }
        var name = ""
        while let scalar = next, scalar != ">" {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        let isName =
            !name.isEmpty
            && name.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isAlphabetic || "0"..."9" ~= $0 }
        guard take(">"), isName else { throw RegularExpressionError("expected a group name and '>'", at: start) }
        guard !groupNames.contains(name) else {
            throw RegularExpressionError("group name '\(name)' is used twice", at: start)
        }
        return name
    }

    /// Reads `flags)` (false: they hold for the rest of the group) or `flags:` (true: a group follows).
    private mutating func flagGroup(from start: Int) throws(RegularExpressionError) -> Bool {
        var value = true
        while let scalar = next {
            position += 1
            switch scalar {
            case "i": flags.ignoresCase = value
            case "m": flags.isMultiline = value
            case "s": flags.dotMatchesNewline = value
            case "U": flags.isUngreedy = value
            case "-" where value: value = false
            case ":": return true
            case ")": return false
            default: throw RegularExpressionError("expected one of the flags i, m, s, U", at: position - 1)
            }
        }
        throw RegularExpressionError("'(' without ')'", at: start)
    }

    private mutating func repeated(_ atom: PatternTree, from start: Int) throws(RegularExpressionError) -> PatternTree {
        let operatorStart = position
        guard let (least, most) = try bounds() else { return atom }
        let isLazy = take("?")
        let second = position
        if try bounds() != nil {
            let text = String(String.UnicodeScalarView(text[operatorStart..<position]))
            throw RegularExpressionError("a repetition cannot be repeated: '\(text)'", at: second)
        }
        return .repetition(atom, least: least, most: most, greedy: isLazy == flags.isUngreedy)
    }

    private mutating func bounds() throws(RegularExpressionError) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard next == "{" else { return nil }
        let start = position
        position += 1
        guard let least = number() else {
            position = start
            return nil
        }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}") else {
            position = start
            return nil
        }
        guard least <= Self.greatestRepetition, most ?? 0 <= Self.greatestRepetition else {
            throw RegularExpressionError("a repetition above \(Self.greatestRepetition)", at: start)
        }
        if let most, most < least {
            throw RegularExpressionError("a repetition that ends below its beginning", at: start)
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, "0"..."9" ~= scalar {
            value = min((value ?? 0) * 10 + Int(scalar.value - 48), 100_000)
            position += 1
        }
        return value
    }
}
