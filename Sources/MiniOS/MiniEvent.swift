public import Values

/// What the mini OS tells: a line for a person, or an object of JSON on a line.
public enum MiniEvent: Sendable {
    /// Modules and clock are as they must be.
    case ready(kernel: String, modules: Int, seconds: Int64)
    /// The machine was compared: the report of `lodestar asset check`, and its lines.
    case asset(report: Datum, lines: [String])
    /// The entry of a machine that no inventory in the image knows.
    case found(entry: Datum)
    case inspected(host: String, verdict: String)
    /// What is about to be done, in lines for a person.
    case plan(profile: String, count: Int, lines: [String])
    /// A resource that was begun or has ended.
    case step(resource: String, state: StepState)
    /// How far a long step is.
    case progress(resource: String, bytes: UInt64, total: UInt64, secondsLeft: Int?)
    case refused(resource: String, reason: String, hint: String?)
    case installed(host: String, seconds: Int64)
    /// The machine is installed already.
    case inPlace(host: String)
    case failed(reason: String)

    public enum StepState: String, Sendable {
        case changed, failed, skipped
    }

    public var datum: Datum {
        switch self {
        case .ready(let kernel, let modules, let seconds):
            [
                "event": "ready", "kernel": .string(kernel), "modules": .int(Int64(modules)),
                "seconds": .int(seconds),
            ]
        case .asset(let report, _): ["event": "asset", "report": report]
        case .found(let entry): ["event": "found", "entry": entry]
        case .inspected(let host, let verdict):
            ["event": "inspected", "host": .string(host), "verdict": .string(verdict)]
        case .plan(let profile, let count, _):
            ["event": "plan", "profile": .string(profile), "changes": .int(Int64(count))]
        case .step(let resource, let state):
            ["event": "step", "resource": .string(resource), "state": .string(state.rawValue)]
        case .progress(let resource, let bytes, let total, let seconds):
            [
                "event": "step", "resource": .string(resource), "state": "running",
                "percent": .int(Self.percent(bytes, total)),
                "bytes": .int(Int64(clamping: bytes)), "total": .int(Int64(clamping: total)),
                "seconds_left": seconds.map { .int(Int64($0)) } ?? .null,
            ]
        case .refused(let resource, let reason, let hint):
            [
                "event": "refused", "resource": .string(resource), "reason": .string(reason),
                "hint": hint.map { .string($0) } ?? .null,
            ]
        case .installed(let host, let seconds):
            ["event": "installed", "host": .string(host), "seconds": .int(seconds)]
        case .inPlace(let host): ["event": "in_place", "host": .string(host)]
        case .failed(let reason): ["event": "failed", "reason": .string(reason)]
        }
    }

    private static func percent(_ bytes: UInt64, _ total: UInt64) -> Int64 {
        total == 0 ? 100 : Int64(Double(bytes) / Double(total) * 100)
    }

    public var lines: [String] {
        switch self {
        case .ready(let kernel, let modules, let seconds):
            ["lodestar: ready after \(seconds) s: kernel \(kernel), \(modules) modules"]
        case .asset(_, let lines): lines
        case .found(let entry):
            ["lodestar: the entry of this machine, as it is:"] + entry.yaml.split(separator: "\n").map(String.init)
        case .inspected(let host, let verdict): ["lodestar: inspected \(host): \(verdict)"]
        case .plan(let profile, let count, let lines): lines + ["lodestar: installing by \(profile): \(count) to do"]
        case .step(let resource, let state): ["lodestar: \(resource) \(state.rawValue)"]
        case .progress(let resource, let bytes, let total, let seconds):
            [
                "lodestar: \(resource) \(Self.percent(bytes, total)) %, \(bytes >> 20) of \(total >> 20) MiB"
                    + (seconds.map { ", \($0) s left" } ?? "")
            ]
        case .refused(let resource, let reason, let hint):
            ["lodestar: \(resource) is refused: \(reason)"] + (hint.map { ["  hint: \($0)"] } ?? [])
        case .installed(let host, let seconds): ["lodestar: installed \(host) in \(seconds) s"]
        case .inPlace(let host): ["lodestar: \(host) is installed already"]
        case .failed(let reason): ["lodestar: failed: \(reason)"]
        }
    }
}
