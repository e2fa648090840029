public import Model

/// The report of a run, as a person reads it.
public struct ReportText {
    let isColored: Bool

    public init(isColored: Bool) {
        self.isColored = isColored
    }

    /// The lines of one outcome; nil for an outcome that needs no lines.
    ///
    /// - Parameter composite: what the outcome before was a part of, for the line above the first of the parts.
    public func text(of outcome: Outcome, after composite: Address? = nil) -> String? {
        guard let whole = outcome.partOf else { return line(of: outcome) }
        guard let line = line(of: outcome) else { return nil }
        let head = whole == composite ? "" : "  \(whole)\n"
        return head + line.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
    }

    private func line(of outcome: Outcome) -> String? {
        switch outcome.result {
        case .inPlace: return nil
        case .changed, .refreshed, .released:
            // Afterwards nothing is unknown.
            let action = outcome.action == .unknown ? .change : outcome.action
            let sign = outcome.result == .refreshed ? Action.refresh.sign : action.sign
            let word = outcome.result == .changed ? "" : "  \(outcome.result.rawValue)"
            let changes = outcome.changes.isEmpty ? "" : "  \(outcome.changes.map(\.property).joined(separator: ", "))"
            return "  \(colored("\(sign) \(outcome.address)", "32"))\(word)\(changes)"
        case .failed, .skipped, .stale:
            let reason = outcome.reason.map { ": \($0)" } ?? ""
            var lines = [
                "  \(colored("! \(outcome.address)", "31"))  \(outcome.result.rawValue)\(reason)  \(outcome.place)"
            ]
            if let hint = outcome.hint { lines.append("      hint: \(hint.printable)") }
            for line in outcome.output.textLines().suffix(20) {
                lines.append("      | \(line.printable)")
            }
            return lines.joined(separator: "\n")
        }
    }

    /// `2 changed, 1 failed; 410 in place`.
    public func summary(of report: Report) -> String {
        Self.summary(report.inPlaceCount + report.count(.inPlace)) { report.count($0) }
    }

    /// - Parameters:
    ///   - inPlace: how many resources were in place.
    ///   - count: how many had a result.
    public static func summary(_ inPlace: Int, _ count: (Outcome.Result) -> Int) -> String {
        let parts = Outcome.Result.told.filter { count($0) > 0 }.map { "\(count($0)) \($0.rawValue)" }
        let done = parts.isEmpty ? "nothing to do" : parts.joined(separator: ", ")
        return "\(done); \(inPlace) in place"
    }

    private func colored(_ text: String, _ code: String) -> String {
        isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
