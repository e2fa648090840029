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

    /// How many runs of a job are kept, and for how long; milliseconds.
    public static let keptRunCount = 100
    public static let keptTime: Int64 = 14 * 86_400_000

    /// Opens the database to write, and makes it or brings it to the present schema.
    public init(path: String) throws(StateFault) {
        database = try Database(path: path, mode: .readWrite)
        try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -512")
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
        let old =
            "WHERE job = ?1 AND tick < (SELECT tick FROM runs WHERE job = ?1 ORDER BY tick DESC LIMIT 1 OFFSET ?2)"
        prune = try database.statement("DELETE FROM runs \(old) AND phase = 'ended'")
        pruneOutputs = try database.statement("DELETE FROM outputs \(old)")
    }

    /// Ends with everything in the one file.
    public func close() { try? database.execute("PRAGMA journal_mode = DELETE") }

    public func commit(_ entries: [JournalEntry]) throws -> Set<RunKey> {
        var refused: Set<RunKey> = []
        try database.transaction { () throws(StateFault) in
            for entry in entries { try write(entry, &refused) }
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
        if end.outputByteCount > 0 { try output.run(run.key.values + [.bytes(end.head), .bytes(end.tail)]) }
        // Now and then is enough, and costs a sixteenth.
        guard Int.random(in: 0..<16) == 0 else { return }
        try pruneOutputs.run([.text(run.key.job), .int(Self.keptRunCount - 1)])
        try prune.run([.text(run.key.job), .int(Self.keptRunCount - 1)])
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
        }
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
