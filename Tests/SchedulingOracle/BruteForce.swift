public import Scheduling

/// The ticks of an expression found by looking at every second (or minute) of a span of time.
public enum BruteForce {
    /// The ticks in [start, end), which lie between 2000 and 2038; `start` is at least two days after the transition
    /// before it, so that what was a first pass is known.
    public static func ticks(
        of expression: PlainExpression, in zone: ScheduleZone, rule: DaylightRule, from start: Int64, to end: Int64
    ) -> [Int64] {
        let step: Int64 = expression.isOfMinutes ? 60 : 1
        var found: [Int64] = [], seen: Set<Int64> = []
        var last: Int64?
        var latest = Int64.min
        var moment = start
        while moment < end {
            let local = moment + Int64(zone.offset(at: moment))
            var isTick = false
            if let last, local > last + step, !expression.isWild, rule.gap == .run {
                var skipped = max(latest, last) + step
                while skipped < local, !isTick {
                    isTick = matches(expression, skipped)
                    skipped += step
                }
            }
            if matches(expression, local), expression.isWild || rule.overlap == .twice || !seen.contains(local) {
                isTick = true
            }
            if isTick { found.append(moment) }
            seen.insert(local)
            latest = max(latest, local)
            last = local
            moment += step
        }
        return found
    }

    static func matches(_ expression: PlainExpression, _ local: Int64) -> Bool {
        let day = Int(local / 86400 - PlainDate.firstDayNumber), time = Int(local % 86400)
        guard expression.seconds.contains(time % 60), expression.minutes.contains(time / 60 % 60),
            expression.hours.contains(time / 3600)
        else { return false }
        return expression.matches(PlainDate.calendar[day])
    }

    /// What differs between the brute force and `next`, `previous`, `matches` and `count` around a moment; nil if nothing.
    public static func difference(
        _ expression: PlainExpression, _ zone: ScheduleZone, _ rule: DaylightRule, around moment: Int64, reach: Int64
    ) -> String? {
        let start = moment - reach, end = moment + reach
        let wanted = ticks(of: expression, in: zone, rule: rule, from: start, to: end)
        let parsed: ScheduleExpression
        do { parsed = try ScheduleExpression(cron: expression.text) } catch {
            // Random dates may never come: 31 February is refused.
            return wanted.isEmpty ? nil : "`\(expression.text)` is refused: \(error)"
        }
        let table = Timetable(parsed, zone: zone, daylight: rule)
        var found: [Int64] = [], position = Instant(seconds: start - 1)
        while let tick = table.next(after: position), tick.seconds < end {
            found.append(tick.seconds)
            position = tick
        }
        let place = "`\(expression.text)` in \(zone.name) around \(Instant(seconds: moment).text())"
        guard found == wanted else {
            let first =
                zip(found, wanted).first { $0 != $1 }.map { min($0, $1) }
                ?? (found.count > wanted.count ? found[wanted.count] : wanted[found.count])
            return "\(place): next finds \(found.count), wanted \(wanted.count), first apart at "
                + Instant(seconds: first).text(in: zone)
        }
        var backward: [Int64] = []
        position = Instant(seconds: end)
        while let tick = table.previous(before: position), tick.seconds >= start {
            backward.append(tick.seconds)
            position = tick
        }
        if backward.reversed() != wanted { return "\(place): previous finds \(backward.count), wanted \(wanted.count)" }
        let count = table.count(after: Instant(seconds: start - 1), through: Instant(seconds: end - 1))
        if count != wanted.count { return "\(place): count is \(count), wanted \(wanted.count)" }
        for tick in wanted where !table.matches(Instant(seconds: tick)) { return "\(place): \(tick) does not match" }
        return nil
    }
}
