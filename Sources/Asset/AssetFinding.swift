public import Values

/// What a comparison says; the worst of its findings is that of a machine.
public enum AssetVerdict: String, Sendable, Comparable, CaseIterable {
    case match, unknown, drift
    case wrongHost = "wrong_host"

    public static func < (left: AssetVerdict, right: AssetVerdict) -> Bool { left.rank < right.rank }

    /// What stands before a line of it.
    fileprivate var mark: String {
        switch self {
        case .match: " "
        case .unknown: "?"
        case .drift: "~"
        case .wrongHost: "!"
        }
    }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// The comparison of one property, or of one kind of component.
public struct AssetFinding: Sendable, Hashable {
    /// Such as `cpu.model` or `disks[1]`.
    public var field: String
    public var expected: String
    /// nil where it is not known.
    public var found: String?
    public var verdict: AssetVerdict
    /// What explains it, such as which disk is the one too many.
    public var note: String?

    public init(
        _ field: String, expected: String, found: String?, _ verdict: AssetVerdict, note: String? = nil
    ) {
        self.field = field
        self.expected = expected
        self.found = found
        self.verdict = verdict
        self.note = note
    }

    var datum: Datum {
        [
            "field": .string(field), "expected": .string(expected), "found": found.map { .string($0) } ?? .null,
            "result": .string(verdict.rawValue), "note": note.map { .string($0) } ?? .null,
        ]
    }
}

/// A machine beside its entry.
public struct AssetReport: Sendable {
    /// The host of the inventory that it was compared with.
    public var host: String
    public var findings: [AssetFinding]

    public init(host: String, findings: [AssetFinding]) {
        self.host = host
        self.findings = findings
    }

    public var verdict: AssetVerdict { findings.map(\.verdict).max() ?? .match }

    public var datum: Datum {
        [
            "schema": 1, "host": .string(host), "verdict": .string(verdict.rawValue),
            "fields": .list(findings.map(\.datum)),
        ]
    }

    /// A line for each field that differs, and for all of them on demand, with the verdict at the end.
    public func lines(isFull: Bool) -> [String] {
        let shown = isFull ? findings : findings.filter { $0.verdict != .match }
        let width = shown.map(\.field.utf8.count).max() ?? 0
        var lines = shown.map { finding in
            let field = finding.field.padded(to: width)
            let difference =
                finding.verdict == .match
                ? finding.found ?? finding.expected
                : "expected \(finding.expected), found \(finding.found ?? "nothing that can be read")"
            return "  \(finding.verdict.mark) \(field)  \(difference)\(finding.note.map { " (\($0))" } ?? "")"
        }
        let matching = findings.filter { $0.verdict == .match }.count
        lines.append("\(host): \(verdict.rawValue); \(matching) of \(findings.count) fields as expected")
        return lines
    }
}
