public import Model

/// What is asked of the agent. Over the local socket a request is one line of JSON.
public enum AgentRequest: Sendable, Hashable {
    /// How the agent is.
    case status
    /// No converge for so many milliseconds, and on demand no schedule.
    case pause(length: Int64, reason: String, coversSchedules: Bool)
    /// The end of a pause.
    case resume
    /// A run of a schedule, now.
    case run(job: String)
    /// A converge, now.
    case converge

    /// How long a pause may be; milliseconds.
    public static let pauseLengths: ClosedRange<Int64> = 1000...366 * 86_400_000

    public var datum: Datum {
        switch self {
        case .status: ["request": "status"]
        case .pause(let length, let reason, let coversSchedules):
            [
                "request": "pause", "milliseconds": .int(length), "reason": .string(reason),
                "schedules": .bool(coversSchedules),
            ]
        case .resume: ["request": "resume"]
        case .run(let job): ["request": "run", "job": .string(job)]
        case .converge: ["request": "converge"]
        }
    }

    public var line: String { datum.compactJSON }

    /// Reads a request; nil for what is none.
    public init?(line: String) {
        guard let datum = try? Datum(json: Array(line.utf8)), case .string(let kind)? = datum["request"] else {
            return nil
        }
        switch kind {
        case "status": self = .status
        case "pause":
            guard case .int(let length)? = datum["milliseconds"], Self.pauseLengths.contains(length),
                case .string(let reason)? = datum["reason"], !reason.isEmpty, !reason.hasLineBreak,
                case .bool(let coversSchedules)? = datum["schedules"]
            else { return nil }
            self = .pause(length: length, reason: reason, coversSchedules: coversSchedules)
        case "resume": self = .resume
        case "run":
            guard case .string(let job)? = datum["job"] else { return nil }
            self = .run(job: job)
        case "converge": self = .converge
        default: return nil
        }
    }
}

/// What the agent answers: one line of JSON too.
public enum AgentAnswer: Sendable, Hashable {
    case done
    /// How the agent is, for programs and in lines for people.
    case status(Datum, text: String)
    /// The run that was asked for will be started, under this key.
    case run(RunKey)
    /// The request is not performed, for the reason.
    case refused(String)

    public var datum: Datum {
        switch self {
        case .done: ["answer": "done"]
        case .status(let status, let text): ["answer": "status", "status": status, "text": .string(text)]
        case .run(let key): ["answer": "run", "run": .string(key.id)]
        case .refused(let reason): ["answer": "refused", "reason": .string(reason)]
        }
    }

    public var line: String { datum.compactJSON }

    /// Reads an answer; nil for what is none.
    public init?(line: String) {
        guard let datum = try? Datum(json: Array(line.utf8)), case .string(let kind)? = datum["answer"] else {
            return nil
        }
        switch kind {
        case "done": self = .done
        case "status":
            guard let status = datum["status"], case .string(let text)? = datum["text"] else { return nil }
            self = .status(status, text: text)
        case "run":
            guard case .string(let id)? = datum["run"], let key = RunKey(id: id) else { return nil }
            self = .run(key)
        case "refused":
            guard case .string(let reason)? = datum["reason"] else { return nil }
            self = .refused(reason)
        default: return nil
        }
    }
}
