import Engine
import Model
import Resources
import SimulatedHost

/// A host in memory with the databases that accounts need, and the state of its runs.
final class Fixture {
    let host: Simulation
    let state = MemoryState()

    init(running: Bool = true) throws {
        host = Simulation(over: EmptyHost(isRunning: running), today: 20_000)
        for path in [
            "/etc", "/srv", "/home", "/var", "/var/lib", "/var/lib/dpkg", "/var/spool", "/var/spool/cron",
            "/var/spool/cron/crontabs", "/etc/systemd", "/etc/systemd/system",
        ] {
            try perform(.makeDirectory(DirectoryCreation(path.path, attributes: Attributes())))
        }
        try write("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
        try write("/etc/group", "root:x:0:\nadm:x:4:\ncrontab:x:101:\n")
        try write("/etc/shadow", "root:*:19000:0:99999:7:::\n")
        try write(
            "/var/lib/dpkg/status",
            "Package: hostname\nStatus: install ok installed\nVersion: 3.23\nArchitecture: amd64\n\n")
    }

    func perform(_ step: Step) throws {
        for result in host.perform([step]) { _ = try result.get() }
    }

    func write(_ path: String, _ text: String) throws {
        try perform(.writeFile(FileWrite(path.path, content: Content(text), replaced: .anything)))
    }

    func plan(_ catalog: Catalog) throws -> Plan {
        try Planner(catalog, on: Simulation(over: host, today: 20_000), state: state, types: Registry.all).plan()
    }

    @discardableResult
    func apply(_ catalog: Catalog) throws -> Report {
        let run = state.begin(RunStart(site: "test", revision: "", catalogDigest: catalog.digest, time: 0))
        return try Converger(try plan(catalog), on: host, store: state, run: run).converge()
    }

    func text(_ path: String) -> String? {
        (try? host.contents(of: path.path, limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// The state of a host without a disk.
final class MemoryState: StateStore {
    var entries: [String: LedgerEntry] = [:]
    var digest: Digest?
    var refreshes: [Address: String] = [:]
    var runCount = 0
    /// Fails the n-th call that writes.
    var reports: [Report] = []

    func ledger() -> [LedgerEntry] { entries.values.sorted { $0.sequence < $1.sequence } }
    func ledgerDigest() -> Digest? { digest }
    func pendingRefreshes() -> [Address: String] { refreshes }
    var heldObjects: [Hold] = []
    func holds() -> [Hold] { heldObjects }
    func begin(_ run: RunStart) -> Int {
        runCount += 1
        return runCount
    }
    func prepare(_ preparation: Preparation, run: Int) {
        digest = nil
        for entry in preparation.ledger { entries[entry.object] = entry }
        for (target, cause) in preparation.refreshes { refreshes[target] = cause.description }
    }
    func finish(_ report: Report, ledger: LedgerUpdate, images: [Image], run: Int) {
        reports.append(report)
        heldObjects = ledger.holds
        for address in ledger.refreshed { refreshes[address] = nil }
        for entry in ledger.written { entries[entry.object] = entry }
        for object in ledger.removedObjects { entries[object] = nil }
        if let digest = ledger.digest { self.digest = digest }
    }
}

extension String {
    var path: AbsolutePath { AbsolutePath(self) ?? .root }
}

extension Catalog {
    /// A catalog of declarations in the order given.
    init(_ declarations: [Declaration], edges: [Edge] = [], dormant: Set<Address> = [], safety: Safety = Safety()) {
        let text = declarations.map { "\($0.address) \($0.state) \(RecordedFields(of: $0.resource).text)" }.joined()
        self.init(
            site: "test", host: HostIdentity(id: "h1", name: "h1"), safety: safety, declarations: declarations,
            edges: edges, digest: Digest(of: text), revision: "test", dormant: dormant)
    }
}

func declare<Kind: Resource>(
    _ type: Kind.Type = Kind.self, _ key: String, _ fields: [String: Node.Content] = [:],
    state: DesiredState = .present, onUndeclared: UndeclaredPolicy? = nil
) -> Declaration {
    let place = Place(file: SourceFile("test.yaml"), line: 1, column: 1)
    var faults = Diagnostics()
    let entries = fields.sorted { $0.key < $1.key }.map {
        Node.Entry(key: $0.key, keyPlace: place, value: Node($0.value, at: place))
    }
    let resource = Kind.decoded(key: Node(.string(key), at: place), fields: entries, into: &faults)
    precondition(faults.list.isEmpty, faults.list.map(\.text).joined())
    return Declaration(
        address: resource.address, resource: resource, place: place, state: state, onUndeclared: onUndeclared)
}
