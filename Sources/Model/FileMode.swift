/// The twelve permission bits of a file (chmod(2)).
public struct Permissions: Sendable, Hashable, CustomStringConvertible {
    public let bits: UInt16

    public init(_ bits: UInt16) {
        self.bits = bits & 0o7777
    }

    /// A leading 0 and three or four octal digits.
    public var description: String {
        let digits = String(bits, radix: 8)
        return "0" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
}

/// A declared mode: all twelve bits as a number, or symbolic clauses as chmod(1) reads them.
public struct FileMode: Sendable, Hashable {
    enum Form: Sendable, Hashable {
        case exact(Permissions)
        case symbolic(String, [Clause])
    }

    struct Clause: Sendable, Hashable {
        /// The bits that the clause speaks of, such as 0o700 for `u`.
        var who: UInt16
        var operation: Character
        var permissions: String
    }

    let form: Form

    public init(_ permissions: Permissions) {
        form = .exact(permissions)
    }

    /// Whatever the owner and the group may do, others may do nothing (`o=`).
    public static let closedToOthers = FileMode(
        form: .symbolic("o=", [Clause(who: 0o007, operation: "=", permissions: "")]))

    init(form: Form) {
        self.form = form
    }

    /// What a file with the permissions `base` gets. `X` gives execution to directories and to what has it already.
    public func applied(to base: Permissions, isDirectory: Bool) -> Permissions {
        switch form {
        case .exact(let permissions): permissions
        case .symbolic(_, let clauses):
            clauses.reduce(base) { $1.applied(to: $0, isDirectory: isDirectory) }
        }
    }

    public func isSatisfied(by permissions: Permissions, isDirectory: Bool) -> Bool {
        applied(to: permissions, isDirectory: isDirectory) == permissions
    }
}

extension FileMode.Clause {
    func applied(to base: Permissions, isDirectory: Bool) -> Permissions {
        var bits: UInt16 = 0
        for letter in permissions {
            switch letter {
            case "r": bits |= 0o444 & who
            case "w": bits |= 0o222 & who
            case "x": bits |= 0o111 & who
            case "X": if isDirectory || base.bits & 0o111 != 0 { bits |= 0o111 & who }
            case "s": bits |= (who & 0o700 != 0 ? 0o4000 : 0) | (who & 0o070 != 0 ? 0o2000 : 0)
            case "t": bits |= 0o1000
            default: break
            }
        }
        switch operation {
        case "+": return Permissions(base.bits | bits)
        case "-": return Permissions(base.bits & ~bits)
        default:
            let special: UInt16 = (who & 0o700 != 0 ? 0o4000 : 0) | (who & 0o070 != 0 ? 0o2000 : 0)
            return Permissions(base.bits & ~(who | special) | bits)
        }
    }

    /// Reads one clause such as `u=rwx` or `go-w`.
    init?(_ text: some StringProtocol) {
        guard let split = text.firstIndex(where: { "+-=".contains($0) }) else { return nil }
        who = 0
        for letter in text[..<split] {
            switch letter {
            case "u": who |= 0o700
            case "g": who |= 0o070
            case "o": who |= 0o007
            case "a": who |= 0o777
            default: return nil
            }
        }
        if who == 0 { who = 0o777 }
        operation = text[split]
        permissions = String(text[text.index(after: split)...])
        guard permissions.allSatisfy({ "rwxXst".contains($0) }) else { return nil }
        guard operation == "=" || !permissions.isEmpty else { return nil }
    }
}

extension FileMode: FieldValue {
    public static var shape: Shape { .text(pattern: "^(0[0-7]{3,4}|[ugoa]*[-+=][rwxXst]*(,[ugoa]*[-+=][rwxXst]*)*)$") }

    /// Reads `0644`, `"02755"` or `u=rwx,go-w`.
    public init?(_ text: String) {
        if text.utf8.first == UInt8(ascii: "0"), (4...5).contains(text.utf8.count), let bits = UInt16(text, radix: 8) {
            self.init(Permissions(bits))
            return
        }
        var clauses: [Clause] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let clause = Clause(part) else { return nil }
            clauses.append(clause)
        }
        self.init(form: .symbolic(text, clauses))
    }

    public init(decoding node: Node) throws(DecodingFault) {
        let expected = "a mode such as 0644 or u=rw,go=r"
        guard case .scalar(let text, _) = node.content else {
            guard case .string(let text) = node.content, let mode = FileMode(text) else {
                throw DecodingFault(node, expected: expected, hint: "quote it: \"0644\"")
            }
            self = mode
            return
        }
        guard let mode = FileMode(text) else {
            let isBare = text.count == 3 && UInt16(text, radix: 8) != nil
            throw DecodingFault(node, expected: expected, hint: isBare ? "write the leading zero: 0\(text)" : nil)
        }
        self = mode
    }

    public var rendered: Node.Content { .string(text) }
    public var shown: ShownText { .text(text) }

    public var text: String {
        switch form {
        case .exact(let permissions): permissions.description
        case .symbolic(let text, _): text
        }
    }
}
