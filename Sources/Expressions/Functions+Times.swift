import TimeZones
import Values

extension Function {
    static let times: [Function] = [
        getter("getFullYear") { date, _ in date.year },
        getter("getMonth") { date, _ in date.month - 1 },
        getter("getDate") { date, _ in date.day },
        getter("getDayOfMonth") { date, _ in date.day - 1 },
        getter("getDayOfWeek") { date, _ in date.dayOfWeek },
        getter("getDayOfYear") { date, _ in date.dayOfYear },
        getter("getHours", { $0.components.seconds / 3600 }) { _, second in second / 3600 },
        getter("getMinutes", { $0.components.seconds / 60 }) { _, second in second / 60 % 60 },
        getter("getSeconds", { $0.components.seconds }) { _, second in second % 60 },
        Function("getMilliseconds", .method) { evaluation, arguments in
            switch arguments.first {
            case .timestamp(let moment)?:
                guard try evaluation.zoneOffset(moment, arguments) != nil else { return nil }
                return .int(Int64(moment.nanoseconds / 1_000_000))
            case .duration(let length)? where arguments.count == 1:
                // The milliseconds part, not the whole length in milliseconds.
                return .int(length.nanosecondPart / 1_000_000)
            default: return nil
            }
        },
    ]

    /// A part of a timestamp in a time zone, given the date and the second of the day; with a second body, of a duration.
    private static func getter(
        _ name: String, _ ofDuration: (@Sendable (Duration) -> Int64)? = nil,
        _ ofMoment: @escaping @Sendable (CivilDate, Int) -> Int
    ) -> Function {
        Function(name, .method) { evaluation, arguments in
            switch arguments.first {
            case .timestamp(let moment)?:
                guard let offset = try evaluation.zoneOffset(moment, arguments) else { return nil }
                let (date, second) = CivilDate.clock(at: moment.seconds + Int64(offset))
                return .int(Int64(ofMoment(date, second)))
            case .duration(let length)?:
                guard arguments.count == 1, let ofDuration else { return nil }
                return .int(ofDuration(length))
            default: return nil
            }
        }
    }
}

extension Evaluation {
    /// The offset from UTC that a getter's second argument asks for, in seconds; nil for wrong arguments.
    fileprivate func zoneOffset(_ moment: Timestamp, _ arguments: [Value]) throws -> Int? {
        guard arguments.count <= 2 else { return nil }
        guard arguments.count == 2 else { return 0 }
        guard case .string(let zone) = arguments[1] else { return nil }
        if zone.isEmpty || zone == "UTC" || zone == "Z" || zone == "GMT" { return 0 }
        if let offset = Self.fixedOffset(zone) { return offset }
        if let offset = try scope.zoneOffset(zone, at: moment.seconds) { return offset }
        if let name = ZoneNames.present(zone), let offset = try scope.zoneOffset(name, at: moment.seconds) {
            return offset
        }
        throw Fault("unknown time zone '\(zone)'", hint: "an offset such as +01:00, or a name of the IANA database")
    }

    /// Reads `+11:00`, `-02:30` or `02:00`.
    private static func fixedOffset(_ zone: String) -> Int? {
        var reader = DigitReader(zone)
        let isWest = reader.take("-")
        if !isWest { _ = reader.take("+") }
        guard let hours = reader.number(2), reader.take(":"), let minutes = reader.number(2), reader.isAtEnd,
            hours < 24, minutes < 60
        else { return nil }
        return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
    }
}
