/// A calendar event expression of systemd, as `OnCalendar=` takes it (systemd.time(7)).
struct SystemdCalendar: Sendable, Hashable {
    /// One element of a list; seconds are in microseconds.
    struct Component: Sendable, Hashable, Comparable {
        var start: Int
        var stop: Int?
        var step: Int = 0

        static func < (left: Self, right: Self) -> Bool {
            (left.start, left.stop ?? -1, left.step) < (right.start, right.stop ?? -1, right.step)
        }
    }

    /// Bits 0 (Monday) to 6; all for any day.
    var weekdays = 0x7F
    /// Empty lists mean `*`.
    var years: [Component] = []
    var months: [Component] = []
    var days: [Component] = []
    /// `~`: days count from the month's end, 1 is the last.
    var countsFromEnd = false
    var hours: [Component] = []
    var minutes: [Component] = []
    var seconds: [Component] = []
    /// What stands after the time; nil for the machine's own zone.
    var zone: String?

    static let dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    static let second = 1_000_000
    static let keywords: [String: String] = [
        "minutely": "*-*-* *:*:00", "hourly": "*-*-* *:00:00", "daily": "*-*-* 00:00:00",
        "monthly": "*-*-01 00:00:00", "weekly": "Mon *-*-* 00:00:00", "yearly": "*-01-01 00:00:00",
        "annually": "*-01-01 00:00:00", "anually": "*-01-01 00:00:00", "quarterly": "*-01,04,07,10-01 00:00:00",
        "biannually": "*-01,07-01 00:00:00", "bi-annually": "*-01,07-01 00:00:00",
        "semiannually": "*-01,07-01 00:00:00", "semi-annually": "*-01,07-01 00:00:00",
    ]

    /// The form that `systemd-analyze calendar` prints.
    var text: String {
        var parts: [String] = []
        if weekdays != 0x7F { parts.append(weekdayText) }
        let days = Self.text(days, width: 2)
        parts.append(
            "\(Self.text(years, width: 4))-\(Self.text(months, width: 2))\(countsFromEnd ? "~" : "-")\(days)")
        parts.append(
            "\(Self.text(hours, width: 2)):\(Self.text(minutes, width: 2)):\(Self.text(seconds, width: 2, isSeconds: true))"
        )
        if let zone { parts.append(zone) }
        return parts.joined(separator: " ")
    }

    private var weekdayText: String {
        var parts: [String] = [], day = 0
        while day < 7 {
            guard weekdays >> day & 1 == 1 else {
                day += 1
                continue
            }
            var last = day
            while last < 6, weekdays >> (last + 1) & 1 == 1 { last += 1 }
            switch last - day {
            case 0: parts.append(Self.dayNames[day])
            case 1: parts += [Self.dayNames[day], Self.dayNames[last]]
            default: parts.append("\(Self.dayNames[day])..\(Self.dayNames[last])")
            }
            day = last + 1
        }
        return parts.joined(separator: ",")
    }

    private static func text(_ list: [Component], width: Int, isSeconds: Bool = false) -> String {
        func number(_ value: Int, _ width: Int) -> String {
            let whole = isSeconds ? value / second : value, rest = isSeconds ? value % second : 0
            let digits = String(whole)
            var text = String(repeating: "0", count: max(0, width - digits.count)) + digits
            if rest > 0 {
                let fraction = String(rest)
                text += "." + String(repeating: "0", count: 6 - fraction.count) + fraction
            }
            return text
        }
        if list.isEmpty || (isSeconds && list == [Component(start: 0, step: second)]) { return "*" }
        return list.map { component in
            var text = number(component.start, width)
            if let stop = component.stop { text += ".." + number(stop, width) }
            let unit = isSeconds ? second : 1
            if component.step > 0, component.stop == nil || component.step != unit {
                text += "/" + number(component.step, 0)
            }
            return text
        }.joined(separator: ",")
    }
}

extension SystemdCalendar {
    /// The same ticks as cron's fields, with seconds first and a year last; nil where fractions of seconds are asked for.
    var cron: CronExpression? {
        func items(_ list: [Component], _ unit: CronUnit, by size: Int = 1) -> [CronItem]? {
            if list.isEmpty { return [.all(step: 1)] }
            var items: [CronItem] = []
            for component in list {
                guard component.start % size == 0, component.step % size == 0, (component.stop ?? 0) % size == 0 else {
                    return nil
                }
                let low = component.start / size, step = component.step / size
                let high = min(
                    component.stop.map { $0 / size } ?? (step > 0 ? unit.whole.upperBound : low), unit.whole.upperBound)
                guard low <= high else { continue }
                if low == 0, step > 0, component.stop == nil, !unit.isDay {
                    items.append(.all(step: step))
                } else {
                    items.append(.range(low, high, step: low == high ? 1 : max(1, step)))
                }
            }
            return items.isEmpty ? nil : items
        }
        var expression = CronExpression()
        guard let seconds = items(seconds, .second, by: Self.second), let minutes = items(minutes, .minute),
            let hours = items(hours, .hour), let months = items(months, .month), let years = items(years, .year)
        else { return nil }
        (expression.second.items, expression.minute.items, expression.hour.items) = (seconds, minutes, hours)
        (expression.month.items, expression.year.items) = (months, years)
        if countsFromEnd {
            var before: Set<Int> = []
            for component in days {
                // A list of days from the end repeats toward it.
                let low = component.stop == nil && component.step > 0 ? 1 : component.start
                for day in stride(from: component.stop ?? component.start, through: low, by: -max(1, component.step)) {
                    before.insert(day - 1)
                }
            }
            expression.day.items = days.isEmpty ? [.all(step: 1)] : before.sorted().map { .last(before: $0) }
        } else {
            guard let days = items(days, .day) else { return nil }
            expression.day.items = days
        }
        if weekdays != 0x7F { expression.weekday.items = weekdayItems }
        expression.isConjunction = expression.day.isRestricted && expression.weekday.isRestricted
        return expression
    }

    /// The weekdays as ranges from 1, Monday, to 7.
    private var weekdayItems: [CronItem] {
        var items: [CronItem] = [], day = 1
        while day <= 7 {
            var last = day
            while last < 7, weekdays >> last & 1 == 1 { last += 1 }
            if weekdays >> (day - 1) & 1 == 1 {
                items.append(day == last && day == 7 ? .range(0, 0, step: 1) : .range(day, last, step: 1))
            }
            day = weekdays >> (day - 1) & 1 == 1 ? last + 1 : day + 1
        }
        return items
    }
}
