import Model

/// A cron expression in its one internal form: seven fields and how the two day fields combine.
struct CronExpression: Sendable, Hashable {
    var second = CronField.zero
    var minute = CronField.all
    var hour = CronField.all
    var day = CronField.all
    var month = CronField.all
    var weekday = CronField.all
    var year = CronField.all
    /// Whether both day fields must hold (`+`) where both are restricted; otherwise either suffices.
    var isConjunction = false

    subscript(unit: CronUnit) -> CronField {
        get {
            switch unit {
            case .second: second
            case .minute: minute
            case .hour: hour
            case .day: day
            case .month: month
            case .weekday: weekday
            case .year: year
            }
        }
        set {
            switch unit {
            case .second: second = newValue
            case .minute: minute = newValue
            case .hour: hour = newValue
            case .day: day = newValue
            case .month: month = newValue
            case .weekday: weekday = newValue
            case .year: year = newValue
            }
        }
    }

    /// Whether the minute or the hour field starts with `*`: then each real instant whose local fields match is a tick.
    var isWild: Bool { minute.startsWithStar || hour.startsWithStar }

    var hasHash: Bool { CronUnit.allCases.contains { self[$0].items.contains { $0.isHash } } }

    /// The native text with as few fields as say it: 5, 6 with seconds, 7 with a year.
    var text: String {
        var units: [CronUnit] = [.minute, .hour, .day, .month, .weekday]
        if year != .all { units = [.second] + units + [.year] } else if second != .zero { units = [.second] + units }
        let isBoth = isConjunction && day.isRestricted && weekday.isRestricted
        return units.map { ($0 == .weekday && isBoth ? "+" : "") + self[$0].text(in: $0) }.joined(separator: " ")
    }

    /// The same expression with each `H` replaced by the values that a host's hash chooses.
    ///
    /// - Parameter spread: gives the spread of the key `<key>/<field name>`.
    func resolved(_ spread: (String) -> Spread) -> CronExpression {
        guard hasHash else { return self }
        var result = self
        for unit in CronUnit.allCases where self[unit].items.contains(where: { $0.isHash }) {
            let spread = spread(unit.name)
            result[unit].items = self[unit].items.map { item in
                guard case .hash(let range, let step) = item else { return item }
                let choices = min(range.count, step ?? range.count)
                let start = range.lowerBound + Int(spread.offset(in: Int64(choices)))
                guard let step else { return .range(start, start, step: 1) }
                let count = (range.upperBound - start) / step
                return .range(start, start + count * step, step: count == 0 ? 1 : step)
            }
        }
        return result
    }
}
