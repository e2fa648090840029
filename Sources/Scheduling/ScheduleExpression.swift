import Model

/// When a schedule runs: cron fields or a macro, an interval, or a delay after the previous run.
public struct ScheduleExpression: Sendable, Hashable {
    enum Form: Sendable, Hashable {
        case cron(CronExpression)
        /// Seconds between ticks at whole multiples from the Unix epoch.
        case every(Int64)
        /// Seconds from a run's end to the next start.
        case after(Int64)
        case reboot
    }

    /// How ticks are made, which decides what daylight saving does to them.
    public enum Timing: String, Sendable, CaseIterable {
        /// Elapsed time: daylight saving has no effect.
        case interval
        /// The minute or hour field starts with `*`: each real instant whose local fields match.
        case wild
        /// Fixed hours: one run for what a gap skips, and only the first pass of an overlap.
        case fixed
        /// A delay after the previous run.
        case after
        /// Once for each boot.
        case reboot
    }

    let form: Form
    /// The canonical text: `30 2 * * 1`, `@daily`, `every: 30s`, `after: 5m`, `@reboot`. Reading it gives an equal value.
    public let text: String
    /// Whether it is a macro: those are spread over their whole period.
    public let isMacro: Bool
    /// Warnings about the expression, each with its place in the text that was read.
    public let warnings: [ScheduleError]

    private init(_ form: Form, text: String, isMacro: Bool = false, warnings: [ScheduleError] = []) {
        self.form = form
        self.text = text
        self.isMacro = isMacro
        self.warnings = warnings
    }

    /// Reads cron fields or a macro by the rules of a dialect.
    public init(cron text: String, dialect: Dialect = .lodestar) throws(ScheduleError) {
        if text.lowercased() == "@reboot" {
            self.init(.reboot, text: "@reboot")
            return
        }
        let result = try CronParser.parse(text, dialect: dialect)
        self.init(
            .cron(result.expression), text: result.macro ?? result.expression.text, isMacro: result.macro != nil,
            warnings: result.warnings)
    }

    /// Ticks at whole multiples of an interval from the Unix epoch; nil unless it has whole seconds from 1 s to 366 d.
    public init?(every interval: Duration) {
        guard let seconds = Self.seconds(interval) else { return nil }
        self.init(.every(seconds), text: "every: \(interval.text)")
    }

    /// Runs that follow the previous run's end by a delay; nil unless it has whole seconds from 1 s to 366 d.
    public init?(after delay: Duration) {
        guard let seconds = Self.seconds(delay) else { return nil }
        self.init(.after(seconds), text: "after: \(delay.text)")
    }

    private static func seconds(_ duration: Duration) -> Int64? {
        let (seconds, rest) = duration.components
        return rest == 0 && (1...366 * 86400).contains(seconds) ? seconds : nil
    }

    /// Reads any form: cron text, a macro, `every: 30s` (also `every 30s`, `@every 30s`) or `after: 30s`.
    public init(_ text: String, dialect: Dialect = .lodestar) throws(ScheduleError) {
        for (word, isInterval) in [("@every", true), ("every", true), ("after", false)] {
            guard text.lowercased().hasPrefix(word), text.count <= CronParser.limit else { continue }
            let rest = text.dropFirst(word.count)
            guard let first = rest.first, first == ":" || first.isWhitespace else { continue }
            let value = rest.drop { $0 == ":" || $0.isWhitespace }
            let trimmed = String(value.reversed().drop { $0.isWhitespace }.reversed())
            let column = text.count - value.count + 1
            guard let duration = Duration(text: trimmed),
                let expression = isInterval ? Self(every: duration) : Self(after: duration)
            else {
                throw ScheduleError(
                    expected: "a duration of whole seconds from 1s to 366d, such as 30s or 1h30m",
                    found: trimmed.isEmpty ? "nothing" : "`\(trimmed.prefix(40))`", column: column,
                    length: trimmed.count)
            }
            self = expression
            return
        }
        try self.init(cron: text, dialect: dialect)
    }

    public var timing: Timing {
        switch form {
        case .cron(let expression): expression.isWild ? .wild : .fixed
        case .every: .interval
        case .after: .after
        case .reboot: .reboot
        }
    }

    /// Whether it has fields that a host's hash resolves.
    public var hasHash: Bool { if case .cron(let expression) = form { expression.hasHash } else { false } }

    /// The delay of `after`, in seconds.
    public var delay: Int64? { if case .after(let seconds) = form { seconds } else { nil } }

    /// The smallest distance between two ticks in seconds, looked for among the first hundred; nil where there is none.
    public var period: Int64? {
        switch form {
        case .every(let seconds): return seconds
        case .after, .reboot: return nil
        case .cron(let expression):
            let sets = CronSets(expression.resolved { _ in Spread(position: 0) })
            var last: Int64?, smallest: Int64?
            var local = CronSets.firstLocal
            for _ in 0..<100 {
                guard let next = sets.first(from: local, before: CronSets.endLocal) else { break }
                if let last { smallest = min(smallest ?? .max, next - last) }
                if smallest == 1 { break }
                last = next
                local = next + 1
            }
            return smallest
        }
    }

    public static func == (left: Self, right: Self) -> Bool { left.text == right.text }
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
