import Model

/// The nominal ticks of an expression in a zone, for one host.
public struct Timetable: Sendable {
    private enum Ticks: Sendable {
        case cron(CronTicks)
        case every(Int64)
        case none
    }

    private let ticks: Ticks

    /// No tick lies after this second, the end of the year 2199.
    private static let end: Int64 = CronSets.endLocal

    /// - Parameters:
    ///   - hostIdentifier: with `key`, what resolves the fields of `H`.
    public init(
        _ expression: ScheduleExpression, zone: ScheduleZone = .utc, daylight: DaylightRule = DaylightRule(),
        hostIdentifier: String = "", key: String = ""
    ) {
        switch expression.form {
        case .cron(let fields):
            let resolved = fields.resolved { name in
                Spread(hostIdentifier: hostIdentifier, key: "\(key)/\(name)")
            }
            ticks = .cron(CronTicks(resolved, in: zone, rule: daylight))
        case .every(let seconds): ticks = .every(seconds)
        case .after, .reboot: ticks = .none
        }
    }

    /// The first tick after a moment; nil when there is none before 2200, and for `after` and `@reboot`.
    public func next(after moment: Instant) -> Instant? {
        switch ticks {
        case .cron(let ticks): return ticks.next(after: moment.seconds).map { Instant(seconds: $0) }
        case .every(let interval):
            let seconds = moment.seconds
            guard seconds < Self.end else { return nil }
            let tick = (Self.quotient(max(seconds, -1), interval) + 1) * interval
            return tick < Self.end ? Instant(seconds: tick) : nil
        case .none: return nil
        }
    }

    /// The last tick before a moment; nil when there is none since 1970.
    public func previous(before moment: Instant) -> Instant? {
        // A tick is before a moment inside its own second.
        let seconds = moment.milliseconds == moment.seconds &* 1000 ? moment.seconds : moment.seconds + 1
        switch ticks {
        case .cron(let ticks): return ticks.previous(before: seconds).map { Instant(seconds: $0) }
        case .every(let interval):
            guard seconds > 0 else { return nil }
            return Instant(seconds: Self.quotient(min(seconds, Self.end) - 1, interval) * interval)
        case .none: return nil
        }
    }

    /// The last tick at or before a moment.
    public func last(through moment: Instant) -> Instant? {
        previous(before: moment.advanced(byMilliseconds: 1))
    }

    /// Whether a moment is a tick; only whole seconds are.
    public func matches(_ moment: Instant) -> Bool {
        let seconds = moment.seconds
        guard moment.milliseconds == seconds &* 1000 else { return false }
        switch ticks {
        case .cron(let ticks): return ticks.matches(seconds)
        case .every(let interval): return seconds >= 0 && seconds < Self.end && seconds % interval == 0
        case .none: return false
        }
    }

    /// How many ticks lie after `start` and at or before `end`; counted arithmetically, in bounded time.
    public func count(after start: Instant, through end: Instant) -> Int64 {
        guard start < end else { return 0 }
        switch ticks {
        case .cron(let ticks): return ticks.count(after: start.seconds, through: end.seconds)
        case .every(let interval):
            let low = max(start.seconds, -1), high = min(end.seconds, Self.end - 1)
            return high > low ? Self.quotient(high, interval) - Self.quotient(low, interval) : 0
        case .none: return 0
        }
    }

    private static func quotient(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -1
    }
}
