import SystemFiles
import Model

extension KnownHost: LineImportable {
    static func filesOfLines(on host: some HostReading) throws -> [AbsolutePath] { [system] }

    /// One resource for each list of names, with all its keys; hashed names nobody can tell.
    static func reading(_ path: AbsolutePath, on host: some HostReading) throws -> [KnownHost]? {
        guard let records = try host.document(TextLines.self, at: path)?.knownHostRecords else { return nil }
        let hosts = records.compactMap { record -> KnownHost? in
            let names = record.names.compactMap { KnownHostName($0) }
            guard let first = names.first, names.count == record.names.count else { return nil }
            var known = KnownHost()
            known.host = first
            known.keys = record.keys
            known.certAuthority = record.isAuthority
            if names.count > 1 { known.aliases = Array(names.dropFirst()) }
            return known
        }
        return hosts.count == records.count ? hosts : nil
    }
}
