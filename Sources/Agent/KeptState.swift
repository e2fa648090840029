public import Model

/// What an agent leaves to the next one of its converge loop: one value of JSON in its database.
public struct KeptState: Sendable, Hashable {
    /// A converge that was begun.
    public struct Begun: Sendable, Hashable {
        public var run: ConvergeRun
        /// Milliseconds since 1970.
        public var started: Int64

        public init(_ run: ConvergeRun, started: Int64) {
            self.run = run
            self.started = started
        }
    }

    public var pause: Pause?
    /// The converge that goes on; nil for none.
    public var begun: Begun?
    public var lastConverge: ConvergeOutcome?

    public init() {}

    public var datum: Datum {
        [
            "pause": pause.map {
                [
                    "until": .int($0.until), "reason": .string($0.reason), "schedules": .bool($0.coversSchedules),
                ]
            } ?? .null,
            "begun": begun.map { .map(Self.members(of: $0)) } ?? .null,
            "last_converge": lastConverge.map { last in
                .map(
                    Self.members(of: Begun(last.run, started: last.started)) + [
                        .init("ended", .int(last.ended)),
                        .init("exit_code", last.exitStatus.map { .int(Int64($0)) } ?? .null),
                    ])
            } ?? .null,
        ]
    }

    private static func members(of begun: Begun) -> [Datum.Member] {
        [
            .init("trigger", .string(begun.run.trigger.rawValue)), .init("mode", .string(begun.run.mode.rawValue)),
            .init("started", .int(begun.started)),
        ]
    }

    /// Reads what `datum` made; a part that is none counts as missing.
    public init(_ datum: Datum) {
        if let pause = datum["pause"], let until = Self.time(pause["until"]),
            case .string(let reason)? = pause["reason"]
        {
            self.pause = Pause(until: until, reason: reason, coversSchedules: pause["schedules"] == true)
        }
        begun = datum["begun"].flatMap { Self.begun($0) }
        if let last = datum["last_converge"], let begun = Self.begun(last), let ended = Self.time(last["ended"]) {
            var exitStatus: Int?
            if case .int(let status)? = last["exit_code"] { exitStatus = Int(status) }
            lastConverge = ConvergeOutcome(
                run: begun.run, started: begun.started, ended: ended, exitStatus: exitStatus)
        }
    }

    private static func begun(_ datum: Datum) -> Begun? {
        guard case .string(let trigger)? = datum["trigger"], let trigger = ConvergeTrigger(rawValue: trigger),
            case .string(let mode)? = datum["mode"], let mode = AgentSettings.Mode(rawValue: mode),
            let started = time(datum["started"])
        else { return nil }
        return Begun(ConvergeRun(trigger: trigger, mode: mode), started: started)
    }

    /// Milliseconds since 1970; nil for what no clock has shown, since a damaged file may hold any number.
    private static func time(_ datum: Datum?) -> Int64? {
        guard case .int(let time)? = datum, (0..<253_402_300_800_000).contains(time) else { return nil }
        return time
    }
}
