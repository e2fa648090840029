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
    case failed(reason: String)

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
        case .failed(let reason): ["event": "failed", "reason": .string(reason)]
        }
    }

    public var lines: [String] {
        switch self {
        case .ready(let kernel, let modules, let seconds):
            ["lodestar: ready after \(seconds) s: kernel \(kernel), \(modules) modules"]
        case .asset(_, let lines): lines
        case .found(let entry):
            ["lodestar: the entry of this machine, as it is:"] + entry.yaml.split(separator: "\n").map(String.init)
        case .inspected(let host, let verdict): ["lodestar: inspected \(host): \(verdict)"]
        case .failed(let reason): ["lodestar: failed: \(reason)"]
        }
    }
}
