public import Model

/// One run of a schedule: the nominal tick that it belongs to, and when it starts on this host.
public struct PlannedRun: Sendable, Hashable {
    public var tick: Instant
    public var start: Instant

    public init(tick: Instant, start: Instant) {
        self.tick = tick
        self.start = start
    }
}

/// When a schedule runs on one host: its ticks, each moved by the host's share of the spread (Docs/schedules.md).
///
/// There is exactly one run in each [n[k], n[k+1]), and the order of ticks is kept.
public struct RunPlan: Sendable {
    public let timetable: Timetable
    public let spread: Spread
    /// The largest window in milliseconds; 0 for none.
    public let window: Int64
    /// The smallest distance between two ticks in seconds; nil for `after` and `@reboot`.
    public let period: Int64?
    /// Seconds after the previous run's end, for `after`.
    public let delay: Int64?
    public let timing: ScheduleExpression.Timing

    /// Lays out a definition on a host.
    ///
    /// - Parameter zone: the definition's `timezone`; `ScheduleZone.utc` for UTC.
    /// - Returns: nil for a definition without exactly one of cron, every and after.
    public init?(_ definition: ScheduleDefinition, hostIdentifier: String, zone: ScheduleZone) {
        guard let expression = definition.expression else { return nil }
        self.init(
            expression, zone: zone, daylight: definition.dst, hostIdentifier: hostIdentifier,
            key: definition.effectiveSpreadKey, choice: definition.spread)
    }

    public init(
        _ expression: ScheduleExpression, zone: ScheduleZone = .utc, daylight: DaylightRule = DaylightRule(),
        hostIdentifier: String, key: String, choice: SpreadChoice = .automatic
    ) {
        timetable = Timetable(expression, zone: zone, daylight: daylight, hostIdentifier: hostIdentifier, key: key)
        spread = Spread(hostIdentifier: hostIdentifier, key: key)
        period = expression.period
        delay = expression.delay
        timing = expression.timing
        window = Self.window(of: expression, period: period, choice: choice)
    }

    private static func window(of expression: ScheduleExpression, period: Int64?, choice: SpreadChoice) -> Int64 {
        switch choice {
        case .off: return 0
        case .hour: return 3_600_000
        case .period: return .max
        case .window(let window):
            let (seconds, rest) = window.components
            return seconds * 1000 + rest / 1_000_000_000_000_000
        case .automatic:
            if expression.timing == .interval || expression.isMacro { return .max }
            guard expression.timing == .wild, let period, period <= 3600 else { return 0 }
            return period * 1000
        }
    }

    /// The window of a tick in milliseconds: the smaller of the window and the distance to the next tick.
    public func width(ofTick tick: Instant) -> Int64 {
        guard window > 0 else { return 0 }
        var width = window
        if let next = timetable.next(after: tick) { width = min(width, next.milliseconds - tick.milliseconds) }
        // The very last tick of all has no successor to bound it.
        return width == .max ? 3_600_000 : width
    }

    /// When the run of a tick starts: the tick moved by u of its window.
    public func start(ofTick tick: Instant) -> Instant {
        tick.advanced(byMilliseconds: spread.offset(in: width(ofTick: tick)))
    }

    private func run(_ tick: Instant) -> PlannedRun { PlannedRun(tick: tick, start: start(ofTick: tick)) }

    /// The first run that starts after a moment; nil when there is none, and for `after` and `@reboot`.
    public func nextRun(after moment: Instant) -> PlannedRun? {
        if let tick = timetable.last(through: moment) {
            let current = run(tick)
            if current.start > moment { return current }
        }
        return timetable.next(after: moment).map { run($0) }
    }

    /// The last run that starts at or before a moment: what is due now, or what was missed last.
    public func lastRun(through moment: Instant) -> PlannedRun? {
        guard let tick = timetable.last(through: moment) else { return nil }
        let current = run(tick)
        if current.start <= moment { return current }
        return timetable.previous(before: tick).map { run($0) }
    }

    /// The last runs that start after `start` and at or before `end`, oldest first, at most `limit`.
    public func runs(after start: Instant, through end: Instant, limit: Int) -> [PlannedRun] {
        var runs: [PlannedRun] = []
        var next = lastRun(through: end)
        while let run = next, run.start > start, runs.count < limit {
            runs.append(run)
            next = timetable.previous(before: run.tick).map { self.run($0) }
        }
        return runs.reversed()
    }

    /// How many runs start after `start` and at or before `end`; counted arithmetically, in bounded time.
    public func count(after start: Instant, through end: Instant) -> Int64 {
        guard start < end else { return 0 }
        func isPending(_ moment: Instant) -> Bool {
            timetable.last(through: moment).map { self.start(ofTick: $0) > moment } ?? false
        }
        let ticks = timetable.count(after: start, through: end)
        return ticks + (isPending(start) ? 1 : 0) - (isPending(end) ? 1 : 0)
    }
}

extension ScheduleDefinition {
    /// What `catch_up` means for a period: once for an hour or more, else skip.
    public func effectiveCatchUp(period: Int64?) -> CatchUp {
        guard case .automatic = catchUp else { return catchUp }
        return (period ?? 0) >= 3600 ? .once : .skip
    }
}
