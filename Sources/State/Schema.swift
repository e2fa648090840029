/// The tables of state.db. A new version is one more element: it brings a database of the version before to its own.
enum Schema {
    static let migrations = [
        """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY, started INTEGER NOT NULL, finished INTEGER, site TEXT NOT NULL,
            revision TEXT NOT NULL, catalog TEXT NOT NULL, in_place INTEGER, changed INTEGER, failed INTEGER);
        CREATE TABLE outcomes (
            run INTEGER NOT NULL, address TEXT NOT NULL, place TEXT NOT NULL, action TEXT NOT NULL,
            result TEXT NOT NULL, changes TEXT NOT NULL, reason TEXT, output TEXT NOT NULL);
        CREATE INDEX outcomes_by_run ON outcomes (run);
        CREATE TABLE ledger (
            object TEXT PRIMARY KEY, type TEXT NOT NULL, key TEXT NOT NULL, custody TEXT NOT NULL,
            fields TEXT NOT NULL, on_undeclared TEXT, sequence INTEGER NOT NULL, run INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE refreshes (
            type TEXT NOT NULL, key TEXT NOT NULL, cause TEXT NOT NULL, run INTEGER NOT NULL,
            PRIMARY KEY (type, key)) WITHOUT ROWID;
        CREATE TABLE blobs (digest TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE images (
            run INTEGER NOT NULL, address TEXT NOT NULL, path TEXT NOT NULL, kind TEXT, mode INTEGER, owner INTEGER,
            grp INTEGER, blob TEXT, target TEXT);
        CREATE INDEX images_by_run ON images (run);
        """,
        """
        ALTER TABLE ledger ADD COLUMN secrecy TEXT;
        ALTER TABLE ledger ADD COLUMN notified TEXT NOT NULL DEFAULT '';
        """,
        """
        DROP TABLE images;
        CREATE TABLE images (
            run INTEGER NOT NULL, moment TEXT NOT NULL, address TEXT NOT NULL, path TEXT, kind TEXT, mode INTEGER,
            owner INTEGER, grp INTEGER, blob TEXT, digest TEXT, target TEXT, withheld TEXT, fields TEXT);
        CREATE INDEX images_by_run ON images (run);
        CREATE TABLE gone_entries (
            gone_in INTEGER NOT NULL, object TEXT NOT NULL, type TEXT NOT NULL, key TEXT NOT NULL,
            custody TEXT NOT NULL, fields TEXT NOT NULL, on_undeclared TEXT, sequence INTEGER NOT NULL,
            run INTEGER NOT NULL, secrecy TEXT, notified TEXT NOT NULL);
        CREATE INDEX gone_entries_by_run ON gone_entries (gone_in);
        CREATE TABLE holds (
            type TEXT NOT NULL, key TEXT NOT NULL, run INTEGER NOT NULL, fields TEXT, site TEXT,
            PRIMARY KEY (type, key)) WITHOUT ROWID;
        """,
        """
        ALTER TABLE ledger ADD COLUMN part_of TEXT;
        ALTER TABLE ledger ADD COLUMN part_fields TEXT;
        ALTER TABLE gone_entries ADD COLUMN part_of TEXT;
        ALTER TABLE gone_entries ADD COLUMN part_fields TEXT;
        ALTER TABLE outcomes ADD COLUMN part_of TEXT;
        CREATE TABLE script_runs (
            id INTEGER PRIMARY KEY, script TEXT NOT NULL, version TEXT, started INTEGER NOT NULL, duration INTEGER,
            exit INTEGER, ending TEXT, caller TEXT NOT NULL, login INTEGER, forced INTEGER NOT NULL);
        CREATE INDEX script_runs_by_script ON script_runs (script);
        """,
        """
        ALTER TABLE holds ADD COLUMN trial TEXT;
        ALTER TABLE holds ADD COLUMN trial_fields TEXT;
        ALTER TABLE holds ADD COLUMN reason TEXT;
        """,
    ]

    /// Brings a database to the last of its versions.
    static func migrate(_ database: Database, by migrations: [String] = migrations) throws(StateFault) {
        let version = try version(of: database, by: migrations)
        guard version < migrations.count else { return }
        try database.transaction { () throws(StateFault) in
            for migration in migrations[version...] { try database.execute(migration) }
            try database.execute("PRAGMA user_version = \(migrations.count)")
        }
    }

    /// The version of a database; the database of another program is refused.
    @discardableResult
    static func version(of database: Database, by migrations: [String] = migrations) throws(StateFault) -> Int {
        var version = 0
        try database.query("PRAGMA user_version") { version = $0.int(0) }
        guard version <= migrations.count else {
            throw database.fault(
                "its schema \(version) is newer than this binary's \(migrations.count)", isDamage: false)
        }
        guard version >= 0 else {
            throw database.fault("expected a schema from 0 to \(migrations.count), found \(version)", isDamage: true)
        }
        return version
    }
}
