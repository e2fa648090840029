public import TestSupport

extension PlainExpression {
    /// A random expression; `isNight` prefers the hours in which clocks are changed.
    public static func random(isNight: Bool, using generator: inout SeededGenerator) -> PlainExpression {
        let seconds =
            Int.random(in: 0..<4, using: &generator) == 0
            ? field(0...59, star: "*", using: &generator) : (text: "0", values: Set([0]))
        let minutes = field(0...59, star: "*", using: &generator)
        let hours = field(isNight && Bool.random(using: &generator) ? 0...4 : 0...23, star: "*", using: &generator)
        let isPlain = isNight || Bool.random(using: &generator)
        let months = isPlain ? (text: "*", values: Set(1...12)) : field(1...12, star: "*", using: &generator)
        var (dayText, day): (String, (@Sendable (PlainDate) -> Bool)?) = ("*", nil)
        var (weekdayText, weekday): (String, (@Sendable (PlainDate) -> Bool)?) = ("*", nil)
        switch Int.random(in: 0..<(isNight ? 12 : 6), using: &generator) {
        case 0: (dayText, day) = self.day(using: &generator)
        case 1: (weekdayText, weekday) = self.weekday(using: &generator)
        case 2:
            (dayText, day) = self.day(using: &generator)
            (weekdayText, weekday) = self.weekday(using: &generator)
        default: break
        }
        let needsBoth = day != nil && weekday != nil && Bool.random(using: &generator)
        let text = [
            seconds.text, minutes.text, hours.text, dayText, months.text, (needsBoth ? "+" : "") + weekdayText,
        ].joined(separator: " ")
        return PlainExpression(
            text: text, isWild: minutes.text.hasPrefix("*") || hours.text.hasPrefix("*"), seconds: seconds.values,
            minutes: minutes.values, hours: hours.values, months: months.values, day: day, weekday: weekday,
            needsBoth: needsBoth)
    }

    /// A field over some of `range`; `*` means all that the unit has.
    private static func field(
        _ range: ClosedRange<Int>, star: String, using generator: inout SeededGenerator
    ) -> (text: String, values: Set<Int>) {
        let whole = range.upperBound == 59 ? 0...59 : range.upperBound == 12 ? 1...12 : 0...23
        let low = Int.random(in: range, using: &generator),
            high = Int.random(in: low...range.upperBound, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: return ("*", Set(whole))
        case 1:
            let step = Int.random(in: 1...min(30, whole.upperBound), using: &generator)
            return ("*/\(step)", Set(stride(from: whole.lowerBound, through: whole.upperBound, by: step)))
        case 2: return ("\(low)", [low])
        case 3: return ("\(low)-\(high)", Set(low...high))
        case 4:
            guard high - low >= 2 else { return ("\(low),\(high)", [low, high]) }
            let step = Int.random(in: 1...(high - low), using: &generator)
            return ("\(low)-\(high)/\(step)", Set(stride(from: low, through: high, by: step)))
        default: return ("\(high),\(low)", [low, high])
        }
    }

    private static func day(using generator: inout SeededGenerator) -> (String, @Sendable (PlainDate) -> Bool) {
        let number = Int.random(in: 1...28, using: &generator), other = Int.random(in: number...31, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: return ("\(number)", { $0.day == number })
        case 1: return ("\(number)-\(other)", { (number...other).contains($0.day) })
        case 2: return ("L", { $0.day == $0.length })
        case 3: return ("L-\(number % 28 + 1)", { $0.day == $0.length - (number % 28 + 1) })
        case 4: return ("\(number)W", { $0.day == $0.nearestWeekday(to: number) })
        default: return ("LW", { $0.day == $0.nearestWeekday(to: $0.length) })
        }
    }

    private static func weekday(using generator: inout SeededGenerator) -> (String, @Sendable (PlainDate) -> Bool) {
        let number = Int.random(in: 0...6, using: &generator), other = Int.random(in: number...6, using: &generator)
        let which = Int.random(in: 1...5, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return ("\(number)", { $0.weekday == number })
        case 1: return ("\(number)-\(other)", { (number...other).contains($0.weekday) })
        case 2: return ("\(number)#\(which)", { $0.weekday == number && ($0.day + 6) / 7 == which })
        default: return ("\(number)L", { $0.weekday == number && $0.day + 7 > $0.length })
        }
    }
}
