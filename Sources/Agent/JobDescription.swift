import Model
public import Scheduling

/// When a job runs.
public enum Recurrence: Sendable {
    case ticks(any TickSource)
    /// Once for each boot id.
    case boot
    /// So many milliseconds of the boot-time clock after the end of the run before.
    case after(Int64)
}

/// The scheduler's view of a job, without how its process is made.
public struct JobDescription: Sendable {
    public var name: String
    public var recurrence: Recurrence
    /// The canonical text of expression, zone and spread: another text is another schedule.
    public var timing: String
    /// The usual distance of two ticks in milliseconds; 0 where there is none.
    public var period: Int64
    /// The host's share of a window, as a 64-bit fraction, for catch-ups.
    public var share: UInt64
    public var catchUp = CatchUp.skip
    public var overlap = OverlapPolicy.skip
    public var retry = RetryPolicy()
    /// Jobs of one group run one after the other.
    public var group: String?
    public var onAmbiguity = AmbiguityPolicy.skip
    /// Whether what its runs print is remembered.
    public var keepsOutput = true

    public init(name: String, recurrence: Recurrence, timing: String, period: Int64 = 0, share: UInt64 = 0) {
        self.name = name
        self.recurrence = recurrence
        self.timing = timing
        self.period = period
        self.share = share
    }

    /// The host's part of a span.
    func share(of span: Int64) -> Int64 { Spread(position: share).offset(in: span) }
}

extension JobDescription {
    /// The description of a schedule's definition.
    ///
    /// - Parameter zone: the definition's time zone, loaded.
    /// - Returns: nil for a definition that is not enabled, or has no expression.
    public init?(_ definition: ScheduleDefinition, hostIdentifier: String, zone: ScheduleZone) {
        guard definition.enabled, let expression = definition.expression,
            let plan = RunPlan(definition, hostIdentifier: hostIdentifier, zone: zone)
        else { return nil }
        let recurrence: Recurrence
        if let delay = plan.delay {
            recurrence = .after(delay * 1000)
        } else if plan.period == nil, plan.timing == .reboot {
            recurrence = .boot
        } else {
            recurrence = .ticks(plan)
        }
        let parts: [ShownText] = [
            .text(expression.text), .text(definition.timezone), definition.dst.shown, definition.spread.shown,
            .text(definition.effectiveSpreadKey), .text(hostIdentifier),
        ]
        guard case .text(let timing) = ShownText.joined(parts, with: "; ") else { return nil }
        self.init(
            name: definition.name, recurrence: recurrence, timing: timing, period: (plan.period ?? 0) * 1000,
            share: plan.spread.position)
        catchUp = definition.effectiveCatchUp(period: plan.period)
        overlap = definition.overlap
        retry = definition.retry
        group = definition.group
        onAmbiguity = definition.onAmbiguity
        keepsOutput = definition.keepsOutput
    }
}

extension RunPlan: TickSource {
    public func tick(after nominal: Int64) -> Tick? {
        timetable.next(after: Instant(milliseconds: nominal)).map { tick(at: $0) }
    }

    public func tick(before nominal: Int64) -> Tick? {
        timetable.previous(before: Instant(milliseconds: nominal)).map { tick(at: $0) }
    }

    public func count(from first: Int64, through last: Int64) -> Int {
        Int(timetable.count(after: Instant(milliseconds: first - 1), through: Instant(milliseconds: last)))
    }

    private func tick(at nominal: Instant) -> Tick {
        Tick(nominal: nominal.milliseconds, fire: start(ofTick: nominal).milliseconds)
    }
}
