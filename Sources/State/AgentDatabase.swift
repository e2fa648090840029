public import Agent

/// What the agent remembers of its jobs and runs, in a database of its own: `agent.db` beside `state.db`.
///
/// It uses a write-ahead log, because a transaction then costs one fsync; closing it takes the log away, so that a reader
/// needs no second file. Only the agent writes.
public final class AgentDatabase: RunJournal {
    let database: Database
    private let claim: Statement
    private let plan: Statement
    private let job: Statement
    private let started: Statement
    private let ended: Statement
    private let output: Statement
    private let prune: Statement
    private let pruneOutputs: Statement
    private let outputLimit: Int
    /// The bytes of all outputs that are kept.
    private var outputByteCount = 0
    /// Whether a commit has found that the file's content cannot be.
    public private(set) var isDamaged = false

    /// How many runs of a job are kept, and for how long; milliseconds.
    public static let keptRunCount = 100
    public static let keptTime: Int64 = 14 * 86_400_000

    /// Opens the database to write, and makes it or brings it to the present schema.
    ///
    /// - Parameter outputLimit: how many bytes of output are kept of all runs together; the oldest go first.
    public init(path: String, outputLimit: Int = 256 << 20) throws(StateFault) {
        self.outputLimit = outputLimit
        database = try Database(path: path, mode: .readWrite)
        // Only a new file takes the first setting: it gives back what is deleted.
        try database.execute(
            """
            PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
            PRAGMA cache_size = -512
            """)
        try AgentSchema.migrate(database)
        claim = try database.statement(
            """
            INSERT INTO runs (job, tick, attempt, cause, due, phase, claimed, keeper, boot_id)
            VALUES (?, ?, ?, ?, ?, 'claimed', ?, ?, ?)
            ON CONFLICT DO UPDATE SET phase = 'claimed', due = excluded.due, claimed = excluded.claimed,
            keeper = excluded.keeper, boot_id = excluded.boot_id WHERE phase IN ('planned', 'claimed')
            """)
        plan = try database.statement(
            """
            INSERT INTO runs (job, tick, attempt, cause, due, phase) VALUES (?, ?, ?, ?, ?, 'planned')
            ON CONFLICT DO NOTHING
            """)
        job = try database.statement("INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        started = try database.statement(
            """
            UPDATE runs SET phase = 'started', pid = ?, pid_start = ?, started = ?
            WHERE job = ? AND tick = ? AND attempt = ? AND phase <> 'ended'
            """)
        ended = try database.statement(
            """
            INSERT INTO runs (job, tick, attempt, cause, due, phase, started, ended, result, exit, signal, reason, size)
            VALUES (?, ?, ?, ?, ?, 'ended', ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET phase = 'ended', started = coalesce(excluded.started, started),
            ended = excluded.ended, result = excluded.result, exit = excluded.exit, signal = excluded.signal,
            reason = excluded.reason, size = excluded.size
            """)
        output = try database.statement("INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, ?)")
        // Only what is past counts: a tick that a wrong clock brought forward is remembered until its time.
        let old = """
            WHERE job = ?1 AND tick < (
                SELECT tick FROM runs WHERE job = ?1 AND tick <= ?3 ORDER BY tick DESC LIMIT 1 OFFSET ?2)
            """
        prune = try database.statement("DELETE FROM runs \(old) AND phase = 'ended'")
        pruneOutputs = try database.statement("DELETE FROM outputs \(old)")
        try countOutputs()
    }

    /// Ends with everything in the one file.
    public func close() { try? database.execute("PRAGMA journal_mode = DELETE") }

    public func commit(_ entries: [JournalEntry]) throws -> Set<RunKey> {
        var refused: Set<RunKey> = []
        let before = outputByteCount
        do throws(StateFault) {
            try database.transaction { () throws(StateFault) in
                for entry in entries { try write(entry, &refused) }
                if outputByteCount > outputLimit { try forgetOutputs() }
            }
        } catch {
            outputByteCount = before
            if error.isDamage { isDamaged = true }
            throw error
        }
        return refused
    }

    private func write(_ entry: JournalEntry, _ refused: inout Set<RunKey>) throws(StateFault) {
        switch entry {
        case .claim(let run, let keeper, let time):
            let values: [Value] = [.int(Int(time)), .int(Int(keeper.number)), .text(keeper.bootID)]
            if try claim.run(run.values + values) == 0 { refused.insert(run.key) }
        case .plan(let run):
            if try plan.run(run.values) == 0 { refused.insert(run.key) }
        case .job(let stored): try job.run(stored.values)
        case .started(let key, let process, let time):
            try started.run([.int(Int(process.number)), .int(Int(process.start)), .int(Int(time))] + key.values)
        case .ended(let key, let end, let cause, let due): try write(end, of: Run(key: key, cause: cause, due: due))
        case .reserve(let key):
            try database.run(
                """
                INSERT INTO runs (job, tick, attempt, cause, due, phase, ended, result, reason, size)
                VALUES (?, ?, ?, 'tick', ?, 'ended', ?, 'skipped', 'it ran when the clock was ahead', 0)
                ON CONFLICT DO NOTHING
                """, key.values + [.int(Int(key.tick)), .int(Int(key.tick))])
        case .release(let key):
            try database.run(
                "UPDATE runs SET phase = 'planned' WHERE job = ? AND tick = ? AND attempt = ? AND phase = 'claimed'",
                key.values)
        case .removed(let name): try database.run("DELETE FROM jobs WHERE name = ?", [.text(name)])
        }
    }

    private func write(_ end: RunEnd, of run: Run) throws(StateFault) {
        try ended.run(
            run.values + [
                Value(end.started), .int(Int(end.ended)), .text(end.result.rawValue), Value(end.exitStatus),
                Value(end.signal), Value(end.reason), .int(end.outputByteCount),
            ])
        if !(end.head.isEmpty && end.tail.isEmpty) {
            try output.run(run.key.values + [.bytes(end.head), .bytes(end.tail)])
            outputByteCount += end.head.count + end.tail.count
        }
        // Now and then is enough, and costs a sixteenth.
        guard Int.random(in: 0..<16) == 0 else { return }
        let bounds: [Value] = [.text(run.key.job), .int(Self.keptRunCount - 1), .int(Int(end.ended))]
        try pruneOutputs.run(bounds)
        try prune.run(bounds)
    }

    private func countOutputs() throws(StateFault) {
        try database.query("SELECT coalesce(sum(length(head) + length(tail)), 0) FROM outputs") {
            outputByteCount = $0.int(0)
        }
    }

    /// Forgets the oldest outputs until the rest fits again, with some room; the runs stay.
    private func forgetOutputs() throws(StateFault) {
        // Others may have gone meanwhile.
        try countOutputs()
        guard outputByteCount > outputLimit else { return }
        var last: Int64?, left = outputByteCount
        // A file of before the limit shrinks over some transactions.
        try database.query(
            "SELECT rowid, length(head) + length(tail) FROM outputs ORDER BY rowid LIMIT 2000"
        ) { row in
            guard left > outputLimit - outputLimit / 16 else { return }
            last = row.int64(0)
            left -= row.int(1)
        }
        guard let last else { return }
        try database.run("DELETE FROM outputs WHERE rowid <= ?", [.int(Int(last))])
        outputByteCount = left
    }

    /// Forgets what ended too long ago.
    public func forgetOld(at wall: Int64) throws(StateFault) {
        let limit = Value.int(Int(wall - Self.keptTime))
        try database.transaction { () throws(StateFault) in
            try database.run(
                """
                DELETE FROM outputs WHERE (job, tick, attempt) IN (SELECT job, tick, attempt FROM runs WHERE ended < ?)
                """, [limit])
            try database.run("DELETE FROM runs WHERE ended < ?", [limit])
            try countOutputs()
            if outputByteCount > outputLimit { try forgetOutputs() }
        }
        try database.execute("PRAGMA incremental_vacuum(2000)")
    }

    /// A value that is kept under a name; nil takes it away.
    public func keep(_ value: String?, as name: String) throws(StateFault) {
        guard let value else { return try database.run("DELETE FROM meta WHERE name = ?", [.text(name)]) }
        try database.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", [.text(name), .text(value)])
    }
}

extension RunKey {
    var values: [Value] { [.text(job), .int(Int(tick)), .int(attempt)] }
}

extension Run {
    var values: [Value] { key.values + [.text(cause.rawValue), .int(Int(due))] }
}

extension StoredJob {
    var values: [Value] {
        [
            .text(name), .text(timing), .int(Int(period)), .int(Int(watermark)), Value(lastStart), Value(bootID),
            Value(lastEndBoot), .int(missedCount),
        ]
    }
}
