/// Whose rules a cron text is read by; each maps onto the one internal form.
public enum Dialect: String, Sendable, CaseIterable {
    /// The grammar of manifests.
    case lodestar
    /// Vixie's family: five fields, `*/n` beside a restricted day field means both; forms of croniter and cronsim too.
    case vixie5
    /// crontab(5) of Debian to the letter.
    case debian
    /// The same with cronie's `~`, a value that is drawn once.
    case cronie
    /// Seconds first, as robfig/cron and cronsim; five fields too.
    case secondsFirst6 = "seconds-first6"
    /// Seconds last, then a year, as croniter; five fields too.
    case secondsLast6 = "seconds-last6"
    /// A year last, as cronexpr and Nomad; five fields too, seven with seconds first.
    case yearLast6 = "year-last6"
    /// Seconds first, 1 is Sunday, `?` in one of the day fields.
    case quartz
    /// Five fields, both day fields must hold, `H` in the macros.
    case jenkins

    /// The effect of an interval of days beside a restricted other day field.
    enum DayRule { case refuse, either, both, starMeansBoth, oneOnly }

    var dayRule: DayRule {
        switch self {
        case .lodestar: .refuse
        case .vixie5, .debian, .cronie: .starMeansBoth
        case .secondsFirst6, .secondsLast6, .yearLast6: .either
        case .quartz: .oneOnly
        case .jenkins: .both
        }
    }

    /// The fields by their number; nil where the dialect has no such number.
    func units(count: Int) -> [CronUnit]? {
        let five: [CronUnit] = [.minute, .hour, .day, .month, .weekday]
        switch (self, count) {
        case (.quartz, 5): return nil
        case (_, 5): return five
        case (.lodestar, 6), (.secondsFirst6, 6), (.quartz, 6): return [.second] + five
        case (.lodestar, 7), (.secondsFirst6, 7), (.quartz, 7), (.yearLast6, 7): return [.second] + five + [.year]
        case (.secondsLast6, 6): return five + [.second]
        case (.secondsLast6, 7): return five + [.second, .year]
        case (.yearLast6, 6): return five + [.year]
        default: return nil
        }
    }

    var counts: String {
        switch self {
        case .vixie5, .debian, .cronie, .jenkins: "5 fields"
        case .quartz: "6 or 7 fields"
        default: "5, 6 or 7 fields"
        }
    }

    /// Whether `fri-mon` and `nov-mar` run over the end of the range.
    var wraps: Bool { self == .vixie5 || self == .secondsLast6 || self == .quartz }
    var takesFullNames: Bool { self == .yearLast6 || takesCroniterForms }
    /// `L5` for `5L`, `mon-fri#1`, `1-L`.
    var takesCroniterForms: Bool { self == .vixie5 || self == .secondsLast6 }
    var sundayIsOne: Bool { self == .quartz }
    /// Whether a step may be larger than what it steps over.
    var takesLongSteps: Bool { self == .vixie5 || self == .debian || self == .cronie }
    var takesHash: Bool { self != .quartz && self != .debian && self != .cronie }
    /// `?`, `L`, `W` and `#`.
    var takesDayForms: Bool { self != .debian && self != .cronie && self != .jenkins }
    /// How daylight saving is treated where the tool has its own rule for fixed hours: robfig/cron, cronsim with seconds
    /// and cronexpr skip what a gap skips and repeat what an overlap repeats.
    public var daylightRule: DaylightRule {
        self == .yearLast6 || self == .secondsFirst6 ? DaylightRule(gap: .skip, overlap: .twice) : DaylightRule()
    }
}
