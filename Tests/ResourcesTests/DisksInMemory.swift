import Compiler
import Disk
import Engine
import Foundation
import Model
import Resources
import SimulatedHost
import State

/// Disks that a test makes.
final class DisksInMemory: StorageReading {
    let installation: Installation
    nonisolated(unsafe) var content: [(identity: DiskIdentity, bytes: DiskBytes)]
    nonisolated(unsafe) var images: [String: ImageSummary] = [:]
    nonisolated(unsafe) var users: [AbsolutePath: [String]] = [:]

    init(_ installation: Installation, _ content: [(DiskIdentity, DiskBytes)]) {
        self.installation = installation
        self.content = content.map { ($0.0, $0.1) }
    }

    func disks() -> [DiskIdentity] { content.map(\.identity) }

    func disk(_ identity: DiskIdentity) throws(HostFault) -> any DiskReading {
        guard let found = content.first(where: { $0.identity == identity }) else {
            throw HostFault("open", identity.text, "it is gone")
        }
        return found.bytes
    }

    func image(at source: String) throws(HostFault) -> ImageSummary {
        if let image = images[source] { return image }
        throw HostFault.absent("open", source)
    }

    func users(of identity: DiskIdentity) -> [String] { users[identity.path] ?? [] }
    func mountPoint(of number: Int, on identity: DiskIdentity) -> AbsolutePath? { nil }
}

extension DiskIdentity {
    /// A disk of a test, with so many MiB.
    static func of(_ name: String, serial: String?, _ mebibytes: Int = 64) -> DiskIdentity {
        DiskIdentity(
            path: AbsolutePath.root.appending("dev/\(name)"), serial: serial, byteCount: UInt64(mebibytes) << 20,
            transport: "sata")
    }

    var blank: DiskBytes { DiskBytes([UInt8](repeating: 0, count: Int(byteCount)), sectorSize: sectorSize) }
}

extension LawBench {
    /// A machine whose disks an installation takes.
    static func installing(_ disks: DisksInMemory) throws -> LawBench {
        let host = Simulation(over: EmptyHost(storage: disks), today: 20_000)
        let state = try StateDatabase.opened(at: NSTemporaryDirectory() + "law-\(UUID().uuidString).db")
        return LawBench(host: host, store: state, root: nil)
    }

    /// A profile's text as the catalog of the host `SN-1`.
    static func profile(_ text: String) throws -> Catalog {
        let site = Site(
            MapSite(bytes: ["site.yaml": Array("site: law\n".utf8), "install/disk.yaml": Array(text.utf8)]),
            types: Registry.all, engine: EngineVersion("0.1.0"))
        let target = CompilationTarget(identity: HostIdentity(id: "SN-1", name: "law"), facts: FactsSnapshot([:]))
        let compilation = site.compilation(ofProfile: "disk", for: target)
        guard let catalog = compilation?.catalog else {
            throw Problem(text: compilation?.diagnostics.sorted.map(\.text).joined(separator: "\n") ?? "no profile")
        }
        return catalog
    }
}
