/// One run as `lodestar history` shows it.
public struct RunSummary: Sendable {
    public var id: Int
    /// Seconds since 1970.
    public var started: Int
    /// nil: it was interrupted.
    public var finished: Int?
    public var site: String
    public var revision: String
    public var inPlaceCount: Int
    public var changedCount: Int
    public var failedCount: Int
}

/// One resource's outcome in a run, redacted.
public struct RecordedOutcome: Sendable {
    public var address: String
    public var place: String
    public var action: String
    public var result: String
    public var changes: String
    public var reason: String?
    public var output: String
    /// The address of the composite that the resource is a part of.
    public var partOf: String?
}

extension StateDatabase {
    /// The runs, the newest first.
    public func runs(limit: Int) throws -> [RunSummary] {
        var runs: [RunSummary] = []
        try database.query(
            "SELECT id, started, finished, site, revision, in_place, changed, failed FROM runs ORDER BY id DESC LIMIT ?",
            [.int(limit)]
        ) { row in
            runs.append(
                RunSummary(
                    id: row.int(0), started: row.int(1), finished: row.text(2).flatMap { Int($0) },
                    site: row.text(3) ?? "", revision: row.text(4) ?? "", inPlaceCount: row.int(5),
                    changedCount: row.int(6), failedCount: row.int(7)))
        }
        return runs
    }

    /// What a run did, in its order.
    public func outcomes(ofRun run: Int) throws -> [RecordedOutcome] {
        var outcomes: [RecordedOutcome] = []
        let composite = try schemaVersion() < 4 ? "NULL" : "part_of"
        try database.query(
            """
            SELECT address, place, action, result, changes, reason, output, \(composite) FROM outcomes WHERE run = ?
            ORDER BY rowid
            """,
            [.int(run)]
        ) { row in
            outcomes.append(
                RecordedOutcome(
                    address: row.text(0) ?? "", place: row.text(1) ?? "", action: row.text(2) ?? "",
                    result: row.text(3) ?? "", changes: row.text(4) ?? "", reason: row.text(5),
                    output: row.text(6) ?? "", partOf: row.text(7)))
        }
        return outcomes
    }
}
