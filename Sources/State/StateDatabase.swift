public import Engine
public import Model

/// The state of one root, in `var/lib/lodestar/state.db` below it.
///
/// It uses a rollback journal, so that a reader creates no files. It is disposable: without it, the next run adopts
/// what matches.
public final class StateDatabase: StateStore {
    let database: Database
    /// How many runs are kept with their outcomes and before-images.
    private static let keptRunCount = 200

    private init(_ database: Database) {
        self.database = database
    }

    /// Opens the database to write, and makes it or brings it to the present schema.
    ///
    /// - Parameter path: the file, in a directory that exists and is 0700.
    public static func opened(at path: String) throws(StateFault) -> StateDatabase {
        let database = try Database(path: path, mode: .readWrite)
        try database.execute("PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL")
        try Schema.migrate(database)
        return StateDatabase(database)
    }

    /// Opens an existing database to read; nothing is written, not even beside it.
    ///
    /// What a run left that died in the middle of a transaction can only be read after it was taken back, which SQLite
    /// writes: this is done where it can be.
    public static func reading(_ path: String) throws(StateFault) -> StateDatabase {
        do throws(StateFault) {
            return try read(path)
        } catch {
            guard error.isUnfinished else { throw error }
            try Schema.version(of: try Database(path: path, mode: .readWrite))
            return try read(path)
        }
    }

    private static func read(_ path: String) throws(StateFault) -> StateDatabase {
        let database = try Database(path: path, mode: .readOnly)
        try Schema.version(of: database)
        return StateDatabase(database)
    }

    public func ledger() throws -> [LedgerEntry] {
        try entries(from: "ledger", version: schemaVersion())
    }

    /// Which migrations the database has seen: a reader brings none.
    func schemaVersion() throws(StateFault) -> Int {
        var version = 0
        try database.query("PRAGMA user_version") { version = $0.int(0) }
        return version
    }

    /// The entries of the ledger, or of a table with its columns.
    ///
    /// - Parameters:
    ///   - table: its name, and which of its rows.
    ///   - version: of the schema: the first ones lack some of the columns.
    func entries(
        from table: String, version: Int, _ values: [Value] = []
    ) throws(StateFault) -> [LedgerEntry] {
        var entries: [LedgerEntry] = []
        let added =
            (version < 2 ? "NULL, ''" : "secrecy, notified") + (version < 4 ? ", NULL, NULL" : ", part_of, part_fields")
        try database.query(
            """
            SELECT object, type, key, custody, fields, on_undeclared, sequence, run, \(added) FROM \(table)
            ORDER BY sequence, object
            """, values
        ) { row in
            guard let object = row.text(0), let type = row.text(1), let key = row.text(2),
                let custody = row.text(3).flatMap({ Custody(rawValue: $0) }), let fields = row.text(4)
            else { return }
            entries.append(
                LedgerEntry(
                    object: object, address: Address(type: type, key: key), custody: custody,
                    fields: RecordedFields(text: fields),
                    onUndeclared: row.text(5).flatMap { UndeclaredPolicy(rawValue: $0) }, sequence: row.int(6),
                    run: row.int(7), secrecy: LedgerEntry.Secrecy(stored: row.text(8)),
                    notified: (row.text(9) ?? "").split(separator: "\u{1E}").compactMap { Address(String($0)) },
                    partOf: row.text(10).flatMap { Address($0) }.map {
                        Composite($0, fields: RecordedFields(text: row.text(11) ?? ""))
                    }))
        }
        return entries
    }

    /// What `meta` calls an object that outlived its holder.
    private static let retired = "retired "

    public func retired() throws -> [String: Address] {
        var retired: [String: Address] = [:]
        try database.query("SELECT name, value FROM meta WHERE name >= 'retired ' AND name < 'retired!'") { row in
            guard let name = row.text(0), let holder = row.text(1).flatMap({ Address($0) }) else { return }
            retired[String(name.dropFirst(Self.retired.count))] = holder
        }
        return retired
    }

    public func ledgerDigest() throws -> Digest? {
        var digest: Digest?
        try database.query("SELECT value FROM meta WHERE name = 'catalog'") {
            digest = $0.text(0).flatMap { Digest(hexadecimal: $0) }
        }
        return digest
    }

    public func pendingRefreshes() throws -> [Address: String] {
        var pending: [Address: String] = [:]
        try database.query("SELECT type, key, cause FROM refreshes") { row in
            guard let type = row.text(0), let key = row.text(1), let cause = row.text(2) else { return }
            pending[Address(type: type, key: key)] = cause
        }
        return pending
    }

    public func begin(_ run: RunStart) throws -> Int {
        try database.run(
            "INSERT INTO runs (started, site, revision, catalog) VALUES (?, ?, ?, ?)",
            [.int(run.time), .text(run.site), .text(run.revision), .text(run.catalogDigest.hexadecimal)])
        return database.lastRow
    }

    public func prepare(_ preparation: Preparation, run: Int) throws {
        try database.transaction { () throws(StateFault) in
            if !preparation.ledger.isEmpty { try invalidate() }
            try write(preparation.ledger)
            try database.runEach(
                "INSERT OR REPLACE INTO refreshes VALUES (?, ?, ?, ?)",
                preparation.refreshes.map { [.text($0.type), .text($0.key), .text($1.description), .int(run)] })
            try write(preparation.images, run: run, at: .before)
        }
    }

    /// The ledger is between two catalogs until the run has ended.
    func invalidate() throws(StateFault) { try database.run("DELETE FROM meta WHERE name = 'catalog'") }

    func write(_ entries: [LedgerEntry]) throws(StateFault) {
        try database.runEach(
            "INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            entries.lazy.map { entry in
                [
                    .text(entry.object), .text(entry.address.type), .text(entry.address.key),
                    .text(entry.custody.rawValue), .text(entry.fields.text), Value(entry.onUndeclared?.rawValue),
                    .int(entry.sequence), .int(entry.run), Value(entry.secrecy.stored),
                    .text(entry.notified.map(\.description).joined(separator: "\u{1E}")),
                    Value(entry.partOf?.address.description), Value(entry.partOf?.fields.text),
                ]
            })
    }

    public func finish(_ report: Report, ledger: LedgerUpdate, images: [Image], run: Int) throws {
        try database.transaction { () throws(StateFault) in
            try database.runEach(
                "INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                report.outcomes.lazy.map { outcome in
                    [
                        .int(run), .text(outcome.address.description), .text(outcome.place.description),
                        .text(outcome.action.rawValue), .text(outcome.result.rawValue),
                        .text(outcome.changes.summary), Value(outcome.reason?.text), .text(outcome.output),
                        Value(outcome.partOf?.description),
                    ]
                })
            try database.runEach(
                "DELETE FROM refreshes WHERE type = ? AND key = ?",
                ledger.refreshed.map { [.text($0.type), .text($0.key)] })
            try write(ledger.written)
            try database.runEach(
                "INSERT INTO gone_entries SELECT ?, * FROM ledger WHERE object = ?",
                ledger.removedObjects.map { [.int(run), .text($0)] })
            try database.runEach("DELETE FROM ledger WHERE object = ?", ledger.removedObjects.map { [.text($0)] })
            try database.runEach(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                ledger.retired.map { [.text(Self.retired + $0), .text($1.description)] })
            try write(images, run: run, at: .after)
            try database.runEach(
                "DELETE FROM holds WHERE trial = ?", ledger.proved.map { [.text($0.description)] })
            try write(ledger.holds)
            if let digest = ledger.digest {
                try database.run("INSERT OR REPLACE INTO meta VALUES ('catalog', ?)", [.text(digest.hexadecimal)])
            }
            try database.run(
                "UPDATE runs SET finished = unixepoch(), in_place = ?, changed = ?, failed = ? WHERE id = ?",
                [
                    .int(report.inPlaceCount + report.count(.inPlace)), .int(report.count(.changed, .refreshed)),
                    .int(report.count(.failed, .skipped, .stale)), .int(run),
                ])
            try forget(before: run - Self.keptRunCount)
        }
    }

    private func forget(before run: Int) throws(StateFault) {
        guard run > 0, run % 20 == 0 else { return }
        try database.run("DELETE FROM outcomes WHERE run < ?", [.int(run)])
        try database.run("DELETE FROM images WHERE run < ?", [.int(run)])
        try database.run("DELETE FROM gone_entries WHERE gone_in < ?", [.int(run)])
        try database.run("DELETE FROM runs WHERE id < ?", [.int(run)])
        try database.execute("DELETE FROM blobs WHERE digest NOT IN (SELECT blob FROM images WHERE blob IS NOT NULL)")
    }
}

extension LedgerEntry.Secrecy {
    /// nil, an empty text for an object that is no file, or the path of the file.
    fileprivate var stored: String? {
        switch self {
        case .none: nil
        case .object: ""
        case .file(let path): path.text
        }
    }

    fileprivate init(stored text: String?) {
        switch text {
        case nil: self = .none
        case let text?: self = AbsolutePath(text).map { .file($0) } ?? .object
        }
    }
}
