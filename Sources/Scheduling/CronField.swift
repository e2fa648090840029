/// The seven fields of a cron expression.
enum CronUnit: Int, CaseIterable, Sendable {
    case second, minute, hour, day, month, weekday, year

    /// The word of messages and of the keys that resolve `H`.
    var name: String {
        switch self {
        case .second: "second"
        case .minute: "minute"
        case .hour: "hour"
        case .day: "day"
        case .month: "month"
        case .weekday: "weekday"
        case .year: "year"
        }
    }

    /// The numbers that may be written; 7 is Sunday as well as 0.
    var range: ClosedRange<Int> {
        switch self {
        case .second, .minute: 0...59
        case .hour: 0...23
        case .day: 1...31
        case .month: 1...12
        case .weekday: 0...7
        case .year: 1970...2199
        }
    }

    /// The values of `*` and of an open end.
    var whole: ClosedRange<Int> { self == .weekday ? 0...6 : range }

    /// The values that `H` chooses from: for days those that every month has.
    var hashed: ClosedRange<Int> { self == .day ? 1...28 : whole }

    var isDay: Bool { self == .day || self == .weekday }

    /// Three-letter names, in the order of the values.
    var names: [String] {
        switch self {
        case .month: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        case .weekday: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
        default: []
        }
    }
}

/// One element of a field's list.
enum CronItem: Sendable, Hashable {
    /// `*` or `*/n`.
    case all(step: Int)
    /// `a`, `a-b` or `a-b/n`; the ends are in the field's range and in order.
    case range(Int, Int, step: Int)
    /// `L` or `L-n`: so many days before the month's last.
    case last(before: Int)
    /// `nW`: the weekday nearest to a day, in the same month.
    case nearestWeekday(Int)
    /// `LW` or `L-nW`.
    case lastWeekday(before: Int)
    /// `d#n`: the nth such weekday of the month.
    case nth(weekday: Int, Int)
    /// `dL`: the last such weekday of the month.
    case lastOf(weekday: Int)
    /// `H`, `H(a-b)`, with a step as `H/n`; resolved by the hash of host and key.
    case hash(ClosedRange<Int>, step: Int?)

    /// The item as the native grammar writes it.
    func text(in unit: CronUnit) -> String {
        switch self {
        case .all(let step): return step == 1 ? "*" : "*/\(step)"
        case .range(let low, let high, let step):
            if low == high { return "\(low)" }
            return "\(low)-\(high)" + (step == 1 ? "" : "/\(step)")
        case .last(let before): return before == 0 ? "L" : "L-\(before)"
        case .nearestWeekday(let day): return "\(day)W"
        case .lastWeekday(let before): return before == 0 ? "LW" : "L-\(before)W"
        case .nth(let weekday, let number): return "\(weekday)#\(number)"
        case .lastOf(let weekday): return "\(weekday)L"
        case .hash(let range, let step):
            let bounds = range == unit.hashed ? "" : "(\(range.lowerBound)-\(range.upperBound))"
            return "H\(bounds)" + (step.map { "/\($0)" } ?? "")
        }
    }

    /// The one value where a step leads out of the range at once, which only some dialects allow.
    func shortened(in unit: CronUnit) -> CronItem {
        switch self {
        case .all(let step) where step >= unit.whole.count:
            .range(unit.whole.lowerBound, unit.whole.lowerBound, step: 1)
        case .range(let low, let high, let step) where low < high && step > high - low: .range(low, low, step: 1)
        default: self
        }
    }

    var isHash: Bool { if case .hash = self { true } else { false } }
}

/// One field: the union of its items.
struct CronField: Sendable, Hashable {
    var items: [CronItem]

    static let all = CronField(items: [.all(step: 1)])
    static let zero = CronField(items: [.range(0, 0, step: 1)])

    /// Whether it leaves anything out by its form: `*` anywhere in the list does not.
    var isRestricted: Bool { !items.contains(.all(step: 1)) }

    /// Whether its text starts with `*`, as Vixie's flags ask.
    var startsWithStar: Bool { if case .all? = items.first { true } else { false } }

    /// Whether it has weekdays by their number in the month and no others but `*`.
    var isOfMonth: Bool {
        var hasOne = false
        for item in items where item != .all(step: 1) {
            switch item {
            case .nth, .lastOf: hasOne = true
            default: return false
            }
        }
        return hasOne
    }

    func text(in unit: CronUnit) -> String { items.map { $0.text(in: unit) }.joined(separator: ",") }
}
