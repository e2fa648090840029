import Model

/// The file of metrics of one check.
public struct CheckMetrics: Sendable {
    public var check: String
    public var reading: CheckReading
    /// Milliseconds; nil before the first run.
    public var duration: Int64?
    /// Seconds since 1970 when the run ended.
    public var time: Int64

    public init(_ check: String, _ reading: CheckReading, duration: Int64, time: Int64) {
        self.check = check
        self.reading = reading
        self.duration = duration
        self.time = time
    }

    private init(neverRun check: String) {
        self.check = check
        reading = CheckReading(.unknown, "it has not run yet")
        time = 0
    }

    /// What the file says before the first run: unknown, and run at no time.
    static func beforeFirstRun(of check: String) -> String { CheckMetrics(neverRun: check).text }

    /// The name of the file in the collector's directory.
    static func fileName(of check: String) -> String { "lodestar-check-\(check).prom" }

    public var text: String {
        let own = Exposition.Label(name: "check", value: check)
        func gauge(_ name: String, _ help: String, _ lines: [([Exposition.Label], String)]) -> String {
            if lines.isEmpty { return "" }
            let samples = lines.map { Exposition.line("lodestar_check_\(name)", [own] + $0.0, $0.1) + "\n" }
            return "# HELP lodestar_check_\(name) \(help)\n# TYPE lodestar_check_\(name) gauge\n" + samples.joined()
        }
        let measures = reading.measures.map { measure in
            (
                [("measure", measure.label), ("unit", measure.unit)].compactMap { name, value in
                    value.map { Exposition.Label(name: name, value: $0) }
                }, "\(measure.value)"
            )
        }
        return gauge(
            "status", "0: ok, 1: warning, 2: critical, 3: unknown.", [([], String(reading.status.rawValue))])
            + gauge("value", "What the check measured.", measures)
            + gauge(
                "duration_seconds", "How long the last run took.",
                duration.map { [([], "\(Double($0) / 1000)")] } ?? [])
            + gauge(
                "last_run_timestamp_seconds", "When the last run ended; 0 before the first one.", [([], String(time))])
            + reading.exposition.text
    }
}
