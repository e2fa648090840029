public import Model

/// Which of the two limits of a process: the one that holds, the one up to which it may be raised, or both.
public enum LimitType: String, FieldValue, CaseIterable {
    case soft, hard, both

    /// The word of limits.conf(5).
    var word: String { self == .both ? "-" : rawValue }
}

/// What limits.conf(5) limits.
public enum LimitItem: String, FieldValue, CaseIterable {
    case core, data, fsize, memlock, nofile, rss, stack, cpu, nproc, `as`, maxlogins, maxsyslogins, nonewprivs,
        priority,
        locks, sigpending, msgqueue, nice, rtprio

    /// The numbers that make sense.
    fileprivate var range: ClosedRange<Int> {
        switch self {
        case .nice, .priority: -20...19
        case .rtprio: 0...99
        case .nonewprivs: 0...1
        case .core, .data, .fsize, .memlock, .nofile, .rss, .stack, .cpu, .nproc, .as, .maxlogins, .maxsyslogins,
            .locks,
            .sigpending, .msgqueue:
            0...Int.max
        }
    }

    /// What is wrong with a value; nil where it is right.
    func problem(of value: LimitValue) -> String? {
        switch value {
        case .number(-1) where range.lowerBound == 0: "expected a number or `unlimited`, found -1"
        case .number(let number) where !range.contains(number):
            "expected a number from \(range.lowerBound)\(range.upperBound == .max ? "" : " to \(range.upperBound)")"
        case .unlimited where self == .nofile:
            "expected a number: the kernel has no unlimited number of files, and logins may fail"
        case .unlimited where range.upperBound != .max:
            "expected a number from \(range.lowerBound) to \(range.upperBound)"
        case .number, .unlimited: nil
        }
    }
}

/// The value of a limit.
public enum LimitValue: Sendable, Hashable, FieldValue {
    case number(Int)
    case unlimited

    public static var shape: Shape { .either([.number, .oneOf(["unlimited"])]) }

    public init(decoding node: Node) throws(DecodingFault) {
        if node.text == "unlimited" {
            self = .unlimited
        } else if let number = try? Int(decoding: node) {
            self = .number(number)
        } else {
            let hint = node.text == "infinity" ? "write unlimited" : nil
            throw DecodingFault(node, expected: "a whole number or `unlimited`", hint: hint)
        }
    }

    var text: String {
        switch self {
        case .number(let number): String(number)
        case .unlimited: "unlimited"
        }
    }

    public var rendered: Node.Content {
        switch self {
        case .number(let number): .int(Int64(number))
        case .unlimited: .string("unlimited")
        }
    }

    public var shown: ShownText { .text(text) }
}

/// Whom a limit holds for, as limits.conf(5) writes it: an account, `@` and a group, `*`, `%` (for logins), or a range of
/// numbers such as `1000:` or `@500:600`.
public struct LimitDomain: Sendable, Hashable, TextValue {
    public let text: String

    static let all = LimitDomain(unchecked: "*")

    private init(unchecked text: String) {
        self.text = text
    }

    public init?(_ text: String) {
        self.text = text
        if text == "*" || text == "%" { return }
        let rest = text.first == "@" || text.first == "%" ? text.dropFirst() : text[...]
        if AccountName(String(rest)) != nil { return }
        let ends = rest.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = ends.map { UInt32($0) }
        let isRange = zip(ends, numbers).allSatisfy { $0.isEmpty || $1.map { String($0) } == String($0) }
        guard ends.count == 2, isRange, numbers.contains(where: { $0 != nil }) else { return nil }
        if let first = numbers[0], let last = numbers[1], first > last { return nil }
    }

    /// Whether it begins with `%`, which is for the number of logins alone.
    var isForLogins: Bool { text.first == "%" }

    public static let expectation = "an account, `@` and a group, `*`, or a range of numbers such as 1000:1999"
    public static let hint: String? = "one number is the range of it alone, such as 1000:1000"

    public static var shape: Shape { .text(pattern: "^([@%]?[A-Za-z0-9_:][A-Za-z0-9_.:-]*[$]?|[*%])$") }
}
