import SystemFiles
import Model

/// A type whose objects are lines in files of people. An import takes a file apart into resources where they say all of it
/// and find it in place; what it cannot say is left as a file.
protocol LineImportable: Importable {
    /// The files in which people write such lines.
    static func filesOfLines(on host: some HostReading) throws -> [AbsolutePath]
    /// What the lines of a file say; nil where one of them says more than the type can.
    static func reading(_ path: AbsolutePath, on host: some HostReading) throws -> [Self]?
}

extension LineImportable {
    public static func addImports(from host: some HostReading, to findings: inout Findings<Self>) throws {
        var seen: Set<HostObject> = []
        for (_, resources) in try said(on: host) {
            for resource in resources where seen.isDisjoint(with: resource.objects) {
                seen.formUnion(resource.objects)
                findings.add(resource)
            }
        }
    }

    /// The files that people wrote of which the type says all, with what it says.
    private static func said(on host: some HostReading) throws -> [(path: AbsolutePath, resources: [Self])] {
        let packaged = try PackagedFiles(reading: host)
        var said: [(AbsolutePath, [Self])] = []
        for path in try filesOfLines(on: host) {
            guard let status = try host.status(of: path), status.kind == .file, status.byteCount <= 1 << 20,
                !packaged.areUnchanged(path, try host.contents(of: path, limit: 1 << 20), on: host),
                let resources = try reading(path, on: host), !resources.isEmpty
            else { continue }
            let isInPlace = resources.allSatisfy { resource in
                resource.problems.isEmpty
                    && (try? resource.changes(from: resource.observe(on: host)).isEmpty) == true
            }
            if isInPlace { said.append((path, resources)) }
        }
        return said
    }

    static func filesSaid(on host: some HostReading) throws -> [AbsolutePath] { try said(on: host).map(\.path) }
}

/// The files of lines that an import of files leaves to other types.
enum FilesOfLines {
    static func said(on host: some HostReading) throws -> Set<AbsolutePath> {
        var paths: Set<AbsolutePath> = []
        for type in Registry.all {
            guard let type = type.swiftType as? any LineImportable.Type else { continue }
            paths.formUnion(try type.filesSaid(on: host))
        }
        return paths
    }
}
