/// The tables of agent.db. A new version is one more element.
enum AgentSchema {
    static let migrations = [
        """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE jobs (
            name TEXT PRIMARY KEY, timing TEXT NOT NULL, period INTEGER NOT NULL, watermark INTEGER NOT NULL,
            last_start INTEGER, boot_id TEXT, last_end_boot INTEGER, missed INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE runs (
            job TEXT NOT NULL, tick INTEGER NOT NULL, attempt INTEGER NOT NULL, cause TEXT NOT NULL, due INTEGER NOT NULL,
            phase TEXT NOT NULL, claimed INTEGER, keeper INTEGER, boot_id TEXT, pid INTEGER, pid_start INTEGER,
            started INTEGER, ended INTEGER, result TEXT, exit INTEGER, signal INTEGER, reason TEXT, size INTEGER,
            PRIMARY KEY (job, tick, attempt)) WITHOUT ROWID;
        CREATE INDEX open_runs ON runs (phase) WHERE phase <> 'ended';
        CREATE INDEX runs_by_end ON runs (ended);
        CREATE TABLE outputs (
            job TEXT NOT NULL, tick INTEGER NOT NULL, attempt INTEGER NOT NULL, head BLOB NOT NULL, tail BLOB NOT NULL,
            PRIMARY KEY (job, tick, attempt));
        """
    ]

    static func migrate(_ database: Database) throws(StateFault) {
        try Schema.migrate(database, by: migrations)
    }
}
