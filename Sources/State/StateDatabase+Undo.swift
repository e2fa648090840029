public import Engine
import Model

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
        guard try schemaVersion() >= 3 else { return [] }
        var holds: [Hold] = []
        try database.query("SELECT type, key, run, fields, site FROM holds ORDER BY type, key") { row in
            guard let type = row.text(0), let key = row.text(1) else { return }
            holds.append(
                Hold(
                    address: Address(type: type, key: key), run: row.int(2),
                    fields: row.text(3).map { RecordedFields(text: $0) }, site: row.text(4)))
        }
        return holds
    }

    func write(_ holds: [Hold]) throws(StateFault) {
        if holds.isEmpty { return }
        try invalidate()
        try database.runEach(
            "INSERT OR REPLACE INTO holds VALUES (?, ?, ?, ?, ?)",
            holds.lazy.map { hold in
                [
                    .text(hold.address.type), .text(hold.address.key), .int(hold.run), Value(hold.fields?.text),
                    Value(hold.site),
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
            try database.run("UPDATE holds SET site = ? WHERE site IS NULL", [.text(site)])
            try database.run("INSERT OR REPLACE INTO meta VALUES ('site', ?)", [.text(site)])
        }
    }

    /// The state of the site that was applied last, also where nothing was to be done; nil before the first apply.
    public func siteState() throws -> String? {
        var site: String?
        try database.query("SELECT value FROM meta WHERE name = 'site'") { site = $0.text(0) }
        return site
    }
}
