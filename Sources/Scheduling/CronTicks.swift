/// The ticks of a cron expression in a zone: matches of the wall clock, mapped to instants (Docs/schedules.md, "Daylight
/// saving").
///
/// Wild expressions tick at each real instant whose local fields match. For the others the local times of a second
/// pass are left out (`overlap: once`), and those that a gap skips become one tick at the first instant after it.
struct CronTicks: Sendable {
    let sets: CronSets
    let zone: ScheduleZone
    private let isOnce: Bool
    private let runsAfterGap: Bool

    init(_ expression: CronExpression, in zone: ScheduleZone, rule: DaylightRule) {
        sets = CronSets(expression)
        self.zone = zone
        isOnce = !expression.isWild && rule.overlap == .once
        runsAfterGap = !expression.isWild && rule.gap == .run
    }

    /// The first local second of a span that counts.
    private func localStart(_ span: ScheduleZone.Span) -> Int64 {
        let start = span.start &+ span.offset
        return isOnce ? max(start, span.reached) : start
    }

    /// Whether a span begins with the run of a gap.
    private func beginsWithGapRun(_ span: ScheduleZone.Span) -> Bool {
        guard runsAfterGap, span.reached != .min, span.reached < span.start &+ span.offset else { return false }
        return sets.first(from: span.reached, before: span.start &+ span.offset) != nil
    }

    /// The first tick after a moment; nil when there is none until the end of 2199.
    func next(after seconds: Int64) -> Int64? {
        guard seconds < ScheduleZone.last else { return nil }
        let from = max(seconds, ScheduleZone.first) &+ 1
        var index = zone.span(at: from)
        let span = zone.spans[index]
        if from == span.start, beginsWithGapRun(span) { return from }
        let start = max(from &+ span.offset, isOnce ? span.reached : .min)
        if let local = sets.first(from: start, before: span.end &+ span.offset) { return local &- span.offset }
        index &+= 1
        while index < zone.spans.count {
            let span = zone.spans[index]
            if beginsWithGapRun(span) { return span.start }
            if let local = sets.first(from: localStart(span), before: span.end &+ span.offset) {
                return local &- span.offset
            }
            index &+= 1
        }
        return nil
    }

    /// The last tick before a moment; nil when there is none since 1970.
    func previous(before seconds: Int64) -> Int64? {
        guard seconds > ScheduleZone.first else { return nil }
        let until = min(seconds, ScheduleZone.last)
        var index = zone.span(at: until &- 1)
        while index >= 0 {
            let span = zone.spans[index]
            if let local = sets.last(from: localStart(span), before: min(until, span.end) &+ span.offset) {
                return local &- span.offset
            }
            if beginsWithGapRun(span) { return span.start }
            index &-= 1
        }
        return nil
    }

    func matches(_ seconds: Int64) -> Bool {
        guard seconds > ScheduleZone.first, seconds < ScheduleZone.last else { return false }
        let span = zone.spans[zone.span(at: seconds)]
        let local = seconds &+ span.offset
        if local >= localStart(span), sets.matches(local) { return true }
        return seconds == span.start && beginsWithGapRun(span)
    }

    /// How many ticks lie after `start` and at or before `end`, in at most some 6,000 steps.
    func count(after start: Int64, through end: Int64) -> Int64 {
        let from = max(start, ScheduleZone.first) &+ 1, until = min(end, ScheduleZone.last &- 1) &+ 1
        guard start < end, from < until else { return 0 }
        var total: Int64 = 0
        for index in zone.span(at: from)...zone.span(at: until &- 1) {
            let span = zone.spans[index]
            let low = max(from, span.start) &+ span.offset
            let local = max(low, localStart(span))
            total &+= sets.count(from: local, before: min(until, span.end) &+ span.offset)
            if span.start >= from, beginsWithGapRun(span), !sets.matches(span.start &+ span.offset) { total &+= 1 }
        }
        return total
    }
}
