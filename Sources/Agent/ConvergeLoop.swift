import Model
public import Scheduling

/// Why the site is converged now.
public enum ConvergeTrigger: String, Sendable {
    case start, interval, signal, change, request

    /// Whether nobody waits for it: a source that does not answer is left alone for a while.
    public var isRoutine: Bool { self == .interval || self == .change }
}

/// One converge to be made.
public struct ConvergeRun: Sendable, Hashable {
    public var trigger: ConvergeTrigger
    public var mode: AgentSettings.Mode

    public init(trigger: ConvergeTrigger, mode: AgentSettings.Mode) {
        self.trigger = trigger
        self.mode = mode
    }
}

/// A pause of the converge loop, and on demand of the schedules, which an operator asked for.
public struct Pause: Sendable, Hashable {
    /// Milliseconds since 1970.
    public var until: Int64
    public var reason: String
    /// Whether no schedule runs either.
    public var coversSchedules: Bool

    public init(until: Int64, reason: String, coversSchedules: Bool = false) {
        self.until = until
        self.reason = reason
        self.coversSchedules = coversSchedules
    }

    /// Reads the words that agents of version 0.1 kept: `UNTIL all|converge REASON`; nil for anything else.
    public init?(words text: String) {
        let words = text.split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count == 3, let until = Int64(words[0]), ["all", "converge"].contains(words[1]) else { return nil }
        self.init(until: until, reason: words[2], coversSchedules: words[1] == "all")
    }
}

/// Decides when the site is converged and whether changes are allowed; one converge at a time.
public struct ConvergeLoop: Sendable {
    /// Changes of the site are quiet for so long before it is read; milliseconds.
    static let quiet: Int64 = 2000
    /// But a site that changes all the time is read after so long.
    static let patience: Int64 = 30_000
    /// When another run holds the lock, it is tried again after so long.
    static let lockedWait: Int64 = 60_000

    let settings: AgentSettings.Converge
    private let interval: RunPlan?
    private let hostIdentifier: String
    private var windows: [(plan: RunPlan, length: Int64)] = []
    public private(set) var isRunning = false
    public var pause: Pause?
    private var wanted: ConvergeTrigger?
    /// When the next one is due by the interval, on the real-time clock.
    public private(set) var next: Int64?
    private var retry: Int64?
    private var firstChange: Int64?
    private var lastChange: Int64?

    /// - Parameter zone: loads a time zone; a window in a zone that cannot be loaded allows nothing.
    public init(_ settings: AgentSettings.Converge, hostIdentifier: String, zone: (String) -> ScheduleZone?) {
        self.settings = settings
        self.hostIdentifier = hostIdentifier
        interval = ScheduleExpression(every: settings.interval).map {
            RunPlan($0, hostIdentifier: hostIdentifier, key: "@converge", choice: .period)
        }
        if settings.onStart { wanted = .start }
        placeWindows(zone)
    }

    /// Lays out the windows, again when the rules of a time zone have changed.
    public mutating func placeWindows(_ zone: (String) -> ScheduleZone?) {
        windows = settings.windows.compactMap { window in
            guard let zone = zone(window.definition.timezone),
                let plan = RunPlan(window.definition, hostIdentifier: hostIdentifier, zone: zone)
            else { return nil }
            return (plan, window.length.wholeMilliseconds)
        }
    }

    public var isOn: Bool { settings.source != nil }

    public mutating func want(_ trigger: ConvergeTrigger) {
        if isOn { wanted = wanted ?? trigger }
    }

    /// The site's directory has changed.
    public mutating func changed(at now: Moment) {
        guard isOn, settings.onChange else { return }
        firstChange = firstChange ?? now.boot
        lastChange = now.boot
    }

    /// Whether changes to the host are allowed at an instant.
    public func allowsChanges(at wall: Int64) -> Bool {
        if settings.windows.isEmpty { return true }
        return windows.contains { window in
            guard let start = window.plan.timetable.last(through: Instant(milliseconds: wall)) else { return false }
            return wall < start.milliseconds + window.length
        }
    }

    /// The converge that is due; the loop counts as running until `ended`.
    public mutating func due(_ now: Moment) -> ConvergeRun? {
        if let pause, now.wall >= pause.until { self.pause = nil }
        guard isOn, ClockWatch.isPlausible(now) else { return nil }
        // One further away than the interval was planned by a clock that was ahead.
        if next.map({ $0 > now.wall + settings.interval.wholeMilliseconds }) != false { plan(now) }
        guard !isRunning, pause == nil else { return nil }
        if let lastChange, let firstChange,
            now.boot >= lastChange + Self.quiet || now.boot >= firstChange + Self.patience
        {
            (self.firstChange, self.lastChange) = (nil, nil)
            wanted = wanted ?? .change
        }
        if let retry, now.boot >= retry {
            self.retry = nil
            wanted = wanted ?? .interval
        }
        if let next, now.wall >= next {
            plan(now)
            wanted = wanted ?? .interval
        }
        guard let trigger = wanted else { return nil }
        wanted = nil
        isRunning = true
        let isAllowed = settings.mode == .apply && allowsChanges(at: now.wall)
        return ConvergeRun(trigger: trigger, mode: isAllowed ? .apply : .report)
    }

    private mutating func plan(_ now: Moment) {
        next = interval?.nextRun(after: Instant(milliseconds: now.wall))?.start.milliseconds
    }

    /// A converge that an earlier agent began is still going on.
    public mutating func adopt() { isRunning = true }

    /// - Parameters:
    ///   - isLocked: another run held the lock, so nothing was done.
    ///   - wait: after so many milliseconds it is tried again, since the source did not answer.
    public mutating func ended(_ now: Moment, isLocked: Bool, againAfter wait: Int64? = nil) {
        isRunning = false
        retry = (isLocked ? Self.lockedWait : wait).map { now.boot + $0 }
    }

    /// When to ask `due` again, on the real-time clock.
    public func nextWake(_ now: Moment) -> Int64? {
        guard ClockWatch.isPlausible(now) else { return nil }
        if let pause { return pause.until }
        guard isOn else { return nil }
        guard !isRunning else { return nil }
        var times: [Int64] = []
        if let next { times.append(next) }
        if let retry { times.append(now.wall(atBoot: retry)) }
        if let lastChange, let firstChange {
            times.append(now.wall(atBoot: min(lastChange + Self.quiet, firstChange + Self.patience)))
        }
        if wanted != nil { times.append(now.wall) }
        return times.min()
    }
}
