/// One run of a script by `lodestar script run`.
public struct ScriptRunRecord: Sendable {
    public var script: String
    public var version: String?
    /// Milliseconds since 1970.
    public var started: Int64
    /// Milliseconds; nil where nobody lived to write it down.
    public var duration: Int64?
    public var exitStatus: Int?
    /// `ended`, `timed_out`, `killed`, `interrupted` or `not_started`; nil where it is not known.
    public var ending: String?
    /// Who called it: the user of sudo, else of the login, else of the process.
    public var caller: String
    /// The login uid (audit_setloginuid(3)); nil where there was no login.
    public var login: Int?
    /// Whether it ran although its file was not as declared.
    public var isForced: Bool

    public init(
        script: String, version: String?, started: Int64, caller: String, login: Int?, isForced: Bool
    ) {
        self.script = script
        self.version = version
        self.started = started
        self.caller = caller
        self.login = login
        self.isForced = isForced
    }
}

extension StateDatabase {
    /// How many runs of scripts are kept.
    private static let keptScriptRunCount = 10_000

    /// Writes down that a script begins.
    ///
    /// - Returns: what names the record.
    public func begin(_ run: ScriptRunRecord) throws -> Int {
        try database.run(
            "INSERT INTO script_runs (script, version, started, caller, login, forced) VALUES (?, ?, ?, ?, ?, ?)",
            [
                .text(run.script), Value(run.version), .int(Int(run.started)), .text(run.caller),
                run.login.map { .int($0) } ?? .null, .int(run.isForced ? 1 : 0),
            ])
        let row = database.lastRow
        try database.run("DELETE FROM script_runs WHERE id <= ?", [.int(row - Self.keptScriptRunCount)])
        return row
    }

    public func end(_ run: Int, duration: Int64, exitStatus: Int?, ending: String) throws {
        try database.run(
            "UPDATE script_runs SET duration = ?, exit = ?, ending = ? WHERE id = ?",
            [.int(Int(duration)), exitStatus.map { .int($0) } ?? .null, .text(ending), .int(run)])
    }

    /// The runs of one script, or of all, the newest first.
    public func scriptRuns(of script: String?, limit: Int) throws -> [ScriptRunRecord] {
        guard try schemaVersion() >= 4 else { return [] }
        var runs: [ScriptRunRecord] = []
        try database.query(
            """
            SELECT script, version, started, duration, exit, ending, caller, login, forced FROM script_runs
            WHERE ?1 IS NULL OR script = ?1 ORDER BY id DESC LIMIT ?2
            """, [Value(script), .int(limit)]
        ) { row in
            func number(_ column: Int32) -> Int? { row.text(column).flatMap { Int($0) } }
            var run = ScriptRunRecord(
                script: row.text(0) ?? "", version: row.text(1), started: Int64(row.int(2)), caller: row.text(6) ?? "",
                login: number(7), isForced: row.int(8) == 1)
            (run.duration, run.exitStatus, run.ending) = (number(3).map { Int64($0) }, number(4), row.text(5))
            runs.append(run)
        }
        return runs
    }
}
