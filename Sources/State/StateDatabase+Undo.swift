public import Engine
public import Model

/// What an undo reads of earlier runs, and what it leaves for later ones.
extension StateDatabase {
    /// What a run did, with what was there before; nil where there is no such run.
    public func pastRun(_ number: Int) throws -> PastRun? {
        guard let summary = try runs(limit: .max).first(where: { $0.id == number }) else { return nil }
        let isRecent = try schemaVersion() >= 3
        var before = isRecent ? try images(ofRun: number, at: .before) : []
        var places: [Address: String] = [:]
        let isKept = !before.isEmpty
        for outcome in try outcomes(ofRun: number) {
            guard let address = Address(outcome.address) else { continue }
            places[address] = outcome.place
            // Versions before the third schema kept no images.
            if outcome.result == Outcome.Result.changed.rawValue, !isKept {
                before.append(Image(address: address, subject: .unsaid))
            }
        }
        return PastRun(
            number: number, isFinished: summary.finished != nil, before: before,
            after: isRecent ? try images(ofRun: number, at: .after) : [],
            goneEntries: isRecent ? try goneEntries(ofRun: number) : [], places: places)
    }

    private func goneEntries(ofRun number: Int) throws(StateFault) -> [LedgerEntry] {
        try entries(from: "gone_entries WHERE gone_in = ?", version: schemaVersion(), [.int(number)])
    }

    public func holds() throws -> [Hold] {
        let version = try schemaVersion()
        guard version >= 3 else { return [] }
        let added = version < 5 ? "NULL, NULL, NULL" : "trial, trial_fields, reason"
        var holds: [Hold] = []
        try database.query("SELECT type, key, run, fields, site, \(added) FROM holds ORDER BY type, key") { row in
            guard let type = row.text(0), let key = row.text(1) else { return }
            holds.append(
                Hold(
                    address: Address(type: type, key: key), run: row.int(2),
                    fields: row.text(3).map { RecordedFields(text: $0) }, site: row.text(4),
                    disproof: row.text(5).flatMap { Address($0) }.map {
                        Disproof(
                            trial: $0, fields: RecordedFields(text: row.text(6) ?? ""), reason: row.text(7) ?? "")
                    }))
        }
        return holds
    }

    func write(_ holds: [Hold]) throws(StateFault) {
        if holds.isEmpty { return }
        try invalidate()
        // Only what was declared when a trial failed last is told by its holds.
        let trials = Set(holds.compactMap(\.disproof?.trial))
        try database.runEach("DELETE FROM holds WHERE trial = ?", trials.lazy.map { [.text($0.description)] })
        try database.runEach(
            "INSERT OR REPLACE INTO holds VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            holds.lazy.map { hold in
                [
                    .text(hold.address.type), .text(hold.address.key), .int(hold.run), Value(hold.fields?.text),
                    Value(hold.site), Value(hold.disproof?.trial.description), Value(hold.disproof?.fields.text),
                    Value(hold.disproof?.reason),
                ]
            })
    }

    /// Ends the holds of another state of the site; those of no known one last for this one.
    ///
    /// - Parameter site: the state of the site that is applied now (`Catalog.siteState`).
    public func keepHolds(for site: String) throws {
        guard try siteState() != site else { return }
        try database.transaction { () throws(StateFault) in
            try database.run("DELETE FROM holds WHERE site <> ?", [.text(site)])
            try database.run("UPDATE holds SET site = ? WHERE site IS NULL AND trial IS NULL", [.text(site)])
            try database.run("INSERT OR REPLACE INTO meta VALUES ('site', ?)", [.text(site)])
        }
    }

    /// Has everything tried again that a trial that failed keeps from it.
    public func forgetDisproofs() throws { try database.run("DELETE FROM holds WHERE trial IS NOT NULL") }

    /// What was done since a refresh became owed, up to a run; only that run where it is not owed.
    public func pastRuns(owing target: Address, through number: Int) throws -> PastRun? {
        var first = number
        try database.query(
            "SELECT run FROM refreshes WHERE type = ? AND key = ?", [.text(target.type), .text(target.key)]
        ) { first = min(first, $0.int(0)) }
        var past: PastRun?
        for run in first...number {
            guard let next = try pastRun(run) else { continue }
            past = past?.joined(with: next) ?? next
        }
        return past
    }

    /// The state of the site that was applied last, also where nothing was to be done; nil before the first apply.
    public func siteState() throws -> String? {
        var site: String?
        try database.query("SELECT value FROM meta WHERE name = 'site'") { site = $0.text(0) }
        return site
    }
}
