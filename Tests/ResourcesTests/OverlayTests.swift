import Model
import SimulatedHost
import Testing

/// What a simulated host remembers of folders.
@Suite struct OverlayTests {
    /// A simulation over a host that has /srv/a/b/x.
    private func simulation() throws -> Simulation {
        let below = Simulation(over: EmptyHost(), today: 0)
        for path in ["/srv", "/srv/a", "/srv/a/b"] { try perform(.makeDirectory(creation(path)), on: below) }
        try perform(.writeFile(FileWrite("/srv/a/b/x".asPath, content: Content("x"), replaced: .nothing)), on: below)
        let host = Simulation(over: below, today: 0)
        // Where nothing was changed yet, nothing is remembered.
        try perform(.writeFile(FileWrite("/srv/z".asPath, content: Content("z"), replaced: .nothing)), on: host)
        return host
    }

    private func creation(_ path: String) throws -> DirectoryCreation {
        DirectoryCreation(try path.asPath, attributes: Attributes())
    }

    private func perform(_ step: Step, on host: some Host) throws {
        for result in host.perform([step]) { _ = try result.get() }
    }

    private func kinds(_ host: Simulation, _ paths: String...) throws -> [FileStatus.Kind?] {
        try paths.map { try host.status(of: $0.asPath)?.kind }
    }

    /// A folder that went takes with it what the host below has in it, and one that comes in its place is empty.
    @Test func whatIsBelowAFolderThatWentStaysAway() throws {
        let host = try simulation()
        #expect(try kinds(host, "/srv/a/b/x", "/srv/a/b", "/srv/c/y") == [.file, .directory, nil])
        try perform(.remove(Removal("/srv/a".asPath, kind: .directory, isRecursive: true)), on: host)
        #expect(try kinds(host, "/srv/a/b/x", "/srv/a/b", "/srv/a") == [nil, nil, nil])
        for path in ["/srv/a", "/srv/a/b"] { try perform(.makeDirectory(creation(path)), on: host) }
        #expect(try kinds(host, "/srv/a/b/x", "/srv/a/b", "/srv/a") == [nil, .directory, .directory])
        try perform(.writeFile(FileWrite("/srv/a/b/y".asPath, content: Content("y"), replaced: .nothing)), on: host)
        #expect(try kinds(host, "/srv/a/b/x", "/srv/a/b/y") == [nil, .file])
    }

    /// Nothing is below a file, also where a folder was before, and the other way round.
    @Test func whatIsBelowAFileIsNotThere() throws {
        let host = try simulation()
        #expect(try kinds(host, "/srv/a/b/x/z", "/srv/a/b/x") == [nil, .file])
        try perform(.remove(Removal("/srv/a/b".asPath, kind: .directory, isRecursive: true)), on: host)
        try perform(.writeFile(FileWrite("/srv/a/b".asPath, content: Content("b"), replaced: .nothing)), on: host)
        #expect(try kinds(host, "/srv/a/b/x", "/srv/a/b") == [nil, .file])
    }
}
