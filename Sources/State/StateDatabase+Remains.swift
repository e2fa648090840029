public import Model

/// What a run that was killed may have left on the host.
extension StateDatabase {
    /// The paths that the last run meant to change, if that run never ended and nobody has looked since; beside each of them a
    /// temporary file may be left.
    public func pathsOfKilledRun() throws -> [AbsolutePath] {
        var paths: [AbsolutePath] = []
        try database.query(
            """
            SELECT DISTINCT path FROM images WHERE path IS NOT NULL AND moment = 'before' AND run = (
                SELECT id FROM runs WHERE finished IS NULL AND id = (SELECT max(id) FROM runs)
                AND NOT EXISTS (SELECT 1 FROM meta WHERE name = 'tidied' AND value = runs.id))
            """
        ) { row in
            if let path = row.text(0).flatMap({ AbsolutePath($0) }) { paths.append(path) }
        }
        return paths
    }

    /// Somebody has looked for what the last run left.
    public func forgetKilledRun() throws {
        try database.run(
            "INSERT OR REPLACE INTO meta SELECT 'tidied', max(id) FROM runs WHERE TRUE HAVING max(id) IS NOT NULL")
    }
}
