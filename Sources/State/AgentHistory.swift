public import Agent

/// One run as `lodestar schedule history` shows it.
public struct RecordedRun: Sendable {
    public var run: Run
    /// planned, claimed, started or ended.
    public var phase: String
    /// Milliseconds since 1970.
    public var started: Int64?
    public var ended: Int64?
    public var result: String?
    public var exitStatus: Int?
    public var signal: Int?
    public var reason: String?
    public var outputByteCount: Int
}

/// Reads what the agent remembers.
public final class AgentHistory {
    private let database: Database

    /// Opens an existing database to read; nothing is written.
    public init(reading path: String) throws(StateFault) {
        database = try Database(path: path, mode: .readOnly)
        try Schema.version(of: database, by: AgentSchema.migrations)
    }

    public init(of agent: AgentDatabase) {
        database = agent.database
    }

    private static let columns =
        "job, tick, attempt, cause, due, phase, started, ended, result, exit, signal, reason, size"

    /// The runs of a job, the newest first.
    public func runs(ofJob job: String, limit: Int) throws(StateFault) -> [RecordedRun] {
        var runs: [RecordedRun] = []
        try database.query(
            "SELECT \(Self.columns) FROM runs WHERE job = ? ORDER BY tick DESC, attempt DESC LIMIT ?",
            [.text(job), .int(limit)]
        ) { row in
            if let run = RecordedRun(row) { runs.append(run) }
        }
        return runs
    }

    /// The first and the last bytes of what a run printed.
    public func output(of key: RunKey) throws(StateFault) -> (head: [UInt8], tail: [UInt8]) {
        var output: (head: [UInt8], tail: [UInt8]) = ([], [])
        try database.query(
            "SELECT head, tail FROM outputs WHERE job = ? AND tick = ? AND attempt = ?", key.values
        ) { output = ($0.bytes(0), $0.bytes(1)) }
        return output
    }

    /// What is known of every job.
    public func jobs() throws(StateFault) -> [StoredJob] {
        var jobs: [StoredJob] = []
        try database.query(
            "SELECT name, timing, period, watermark, last_start, boot_id, last_end_boot, missed FROM jobs ORDER BY name"
        ) { row in
            guard let watermark = row.time(3), let period = row.time(2) else { return }
            jobs.append(
                StoredJob(
                    name: row.text(0) ?? "", timing: row.text(1) ?? "", period: period, watermark: watermark,
                    lastStart: row.time(4), bootID: row.text(5), lastEndBoot: row.time(6),
                    missedCount: min(max(0, row.int(7)), 1 << 40)))
        }
        return jobs
    }

    /// The runs that have not ended.
    public func openRuns() throws(StateFault) -> [OpenRun] {
        var runs: [OpenRun] = []
        try database.query(
            """
            SELECT job, tick, attempt, cause, due, phase, claimed, keeper, boot_id, pid, pid_start, started
            FROM runs WHERE phase <> 'ended'
            """
        ) { row in
            guard let phase = row.text(5).flatMap({ OpenRun.Phase(rawValue: $0) }), let run = Run(row) else { return }
            let keeper = row.text(8).map { KeeperIdentity(number: row.int64(7), bootID: $0) }
            let process =
                row.isNull(9)
                ? nil : ProcessIdentity(number: Int32(clamping: row.int64(9)), start: row.int64(10))
            runs.append(
                OpenRun(
                    run: run, phase: phase, claimed: row.time(6) ?? 0, keeper: keeper, process: process,
                    started: row.time(11)))
        }
        return runs
    }

    public func kept(_ name: String) throws(StateFault) -> String? {
        var value: String?
        try database.query("SELECT value FROM meta WHERE name = ?", [.text(name)]) { value = $0.text(0) }
        return value
    }
}

extension Row {
    /// A time or a length of time in milliseconds; nil for NULL, and for what no clock has shown: a damaged file may hold
    /// any number.
    func time(_ column: Int32) -> Int64? {
        let number = int64(column)
        return isNull(column) || !(0..<253_402_300_800_000).contains(number) ? nil : number
    }
}

extension Run {
    /// Reads job, tick, attempt, cause and due from the first columns.
    init?(_ row: Row) {
        guard let job = row.text(0), let cause = row.text(3).flatMap({ Cause(rawValue: $0) }), let tick = row.time(1),
            let due = row.time(4), (1...1_000_000).contains(row.int(2))
        else { return nil }
        self.init(key: RunKey(job: job, tick: tick, attempt: row.int(2)), cause: cause, due: due)
    }
}

extension RecordedRun {
    init?(_ row: Row) {
        guard let run = Run(row) else { return nil }
        self.init(
            run: run, phase: row.text(5) ?? "", started: row.time(6), ended: row.time(7), result: row.text(8),
            exitStatus: row.isNull(9) ? nil : row.int(9), signal: row.isNull(10) ? nil : row.int(10),
            reason: row.text(11), outputByteCount: max(0, row.int(12)))
    }
}
