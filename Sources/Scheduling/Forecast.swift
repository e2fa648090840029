public import Model

/// The starts per second of a fleet over some time.
public struct Forecast: Sendable {
    public let start: Instant
    /// The starts of each second from `start`.
    public private(set) var starts: [Int]

    public init(start: Instant, seconds: Int) {
        self.start = Instant(seconds: start.seconds)
        starts = [Int](repeating: 0, count: max(0, seconds))
    }

    public var end: Instant { start.advanced(bySeconds: Int64(starts.count)) }
    public var total: Int { starts.reduce(0, +) }
    public var peak: Int { starts.max() ?? 0 }
    public var mean: Double { starts.isEmpty ? 0 : Double(total) / Double(starts.count) }

    /// Adds the runs of one schedule on so many hosts, whose ids are made from their number.
    public mutating func add(_ definition: ScheduleDefinition, zone: ScheduleZone, hostCount: Int) {
        guard let expression = definition.expression, definition.enabled else { return }
        let ids = (0..<hostCount).lazy.map { Self.identifier($0) }
        if expression.hasHash {
            for id in ids {
                guard let plan = RunPlan(definition, hostIdentifier: id, zone: zone) else { return }
                for tick in ticks(of: plan) { count(plan.start(ofTick: tick)) }
            }
            return
        }
        guard let plan = RunPlan(definition, hostIdentifier: "", zone: zone) else { return }
        // Every host has the same ticks and windows: only its share of them differs.
        let ticks = ticks(of: plan).map { (tick: $0, width: plan.width(ofTick: $0)) }
        for id in ids {
            let spread = Spread(hostIdentifier: id, key: definition.effectiveSpreadKey)
            for (tick, width) in ticks { count(tick.advanced(byMilliseconds: spread.offset(in: width))) }
        }
    }

    private mutating func count(_ moment: Instant) {
        let index = moment.seconds - start.seconds
        if index >= 0, index < starts.count { starts[Int(index)] += 1 }
    }

    /// The ticks whose runs may lie in the time.
    private func ticks(of plan: RunPlan) -> [Instant] {
        var ticks: [Instant] = []
        var next = plan.timetable.last(through: start) ?? plan.timetable.next(after: start)
        while let tick = next, tick < end {
            ticks.append(tick)
            next = plan.timetable.next(after: tick)
        }
        return ticks
    }

    /// A made-up host id in the form of a machine id.
    public static func identifier(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: max(0, 32 - digits.count)) + digits
    }

    /// The forecast for programs.
    public func datum(hostCount: Int) -> Datum {
        .map([
            .init("hosts", .int(Int64(hostCount))), .init("from", .string(start.text())),
            .init("seconds", .int(Int64(starts.count))), .init("total", .int(Int64(total))),
            .init("mean", .double(mean)), .init("peak", .int(Int64(peak))),
            .init("starts", .list(starts.map { .int(Int64($0)) })),
        ])
    }
}

extension ScheduleDefinition {
    /// A record that only says when.
    public init(name: String, _ expression: ScheduleExpression) {
        self.init()
        self.name = name
        switch expression.form {
        case .cron, .reboot: cron = CronText(expression)
        case .every(let seconds): every = .seconds(seconds)
        case .after(let seconds): after = .seconds(seconds)
        }
    }
}
