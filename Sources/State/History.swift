public import Engine

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
    /// How many resources had each result.
    public var counts: [Outcome.Result: Int]
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
            "SELECT id, started, finished, site, revision, in_place FROM runs ORDER BY id DESC LIMIT ?",
            [.int(limit)]
        ) { row in
            runs.append(
                RunSummary(
                    id: row.int(0), started: row.int(1), finished: row.text(2).flatMap { Int($0) },
                    site: row.text(3) ?? "", revision: row.text(4) ?? "", inPlaceCount: row.int(5), counts: [:]))
        }
        guard let oldest = runs.last?.id else { return [] }
        let positions = Dictionary(runs.indices.map { (runs[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
        try database.query(
            "SELECT run, result, COUNT(*) FROM outcomes WHERE run >= ? GROUP BY run, result", [.int(oldest)]
        ) { row in
            guard let position = positions[row.int(0)], let result = row.text(1).flatMap(Outcome.Result.init(rawValue:))
            else { return }
            runs[position].counts[result] = row.int(2)
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
