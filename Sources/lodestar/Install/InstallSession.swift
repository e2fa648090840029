import ArgumentParser
import Asset
import Compiler
import Engine
import InstallTokens
import LinuxHost
import Model
import OperatorFiles
import Resources
import State
import SystemCalls

/// An installation: a profile's catalog, the disks that it is for, and a state that ends with it. What it finds is on the disks,
/// so nothing else has to be remembered.
final class InstallSession {
    let catalog: Catalog
    let hostSession: HostSession
    let state: StateDatabase
    private let storage: LinuxStorage
    private let images: [AttachedImage]
    private let folder: String

    /// - Parameters:
    ///   - name: of the profile.
    ///   - trust: whose token counts, where the options do not say it.
    init(_ options: InstallOptions, profile name: String, _ session: Session, trust: SignerOptions) throws {
        let target = try Self.target(options, session)
        catalog = try Self.catalog(name, target, session)
        guard ThisProcess.isPrivileged else {
            Terminal.report("error: an installation needs root's privileges")
            throw ExitStatus.noPrivilege
        }
        let token = try options.permission.verified(for: target.identity.id, trust: trust)
        let images = try options.diskImage.map { try DiskImage(parsing: $0) }
        (self.images, folder) = try Terminal.reportingFaults {
            (try images.map { try AttachedImage($0) }, try LocalFiles.madeTemporary("/run/lodestar-install"))
        }
        // Whoever names a blank file means it.
        let serials = Set(images.map(\.serial))
        let asking = images.isEmpty ? nil : Installation.Approval(disks: serials, signatures: [])
        let installation = Installation(
            host: target.identity.id, profile: name, reinstall: token?.reinstall,
            target: AbsolutePath(options.target) ?? .root,
            objection: images.isEmpty ? try Self.objection(to: target.identity.id, in: session) : nil,
            approval: token?.approval ?? asking)
        let shelf = try options.shelf.shelf(trust: trust, isWaived: session.access.isWaived)
        storage = LinuxStorage(installation, disks: images.isEmpty ? nil : self.images.map(\.disk)) {
            (source) throws(HostFault) in try shelf.image(source)
        }
        hostSession = try HostSession(root: "/")
        hostSession.host.install(on: storage)
        let database = "\(folder)/state.db"
        state = try Terminal.reportingFaults { try StateDatabase.opened(at: database) }
    }

    deinit { try? LocalFiles.removeTree(folder) }

    private static func target(_ options: InstallOptions, _ session: Session) throws -> CompilationTarget {
        guard let id = options.host else { return try Session.target(root: "/") }
        return session.target(ofHost: id)
    }

    /// Why nothing may be destroyed on this machine, whatever a token says: it is not the one that the inventory expects.
    private static func objection(to host: String, in session: Session) throws -> String? {
        let (machine, id) = try MachineOptions.parse([]).machine()
        guard id == host else { return "it is \(id), and not \(host)" }
        let verdict = AssetInspection(of: machine, host, in: session.site.value).report.verdict
        return verdict == .match ? nil : "the verdict on its asset is \(verdict.rawValue), see `lodestar asset check`"
    }

    private static func catalog(_ name: String, _ target: CompilationTarget, _ session: Session) throws -> Catalog {
        guard let compilation = session.site.value.compilation(ofProfile: name, for: target) else {
            Terminal.report("error: expected an install profile, found `\(name)` without `install/\(name).yaml`")
            if let hint = Spelling.hint(for: name, among: session.site.value.profileNames) {
                Terminal.report("  hint: \(hint)")
            }
            throw ExitStatus.notFound
        }
        Terminal.report(compilation.diagnostics)
        guard let catalog = compilation.catalog else { throw ExitStatus.refused }
        return catalog
    }

    /// The plan of a machine as it is: what is installed is looked at and not changed.
    func planInPlace(_ selection: Selection) throws -> Plan {
        defer { try? storage.unmountTarget() }
        try Terminal.reportingFaults {
            let fileSystems = catalog.declarations.compactMap { $0.resource as? InstallFileSystem }
            let mountings = try fileSystems.compactMap { try $0.mounting(in: storage) }
            for mounting in mountings.sorted(by: { $0.path < $1.path }) { try storage.look(at: mounting) }
        }
        return try plan(selection)
    }

    func plan(_ selection: Selection) throws -> Plan {
        try hostSession.plan(catalog, state: state, selection)
    }

    /// The types that come after all others, also after the ordinary site: they make the disk one that boots.
    var lastTypes: [String] {
        ["boot_loader"].filter { type in catalog.declarations.contains { $0.address.type == type } }
    }

    /// Performs a plan.
    ///
    /// - Parameters:
    ///   - meter: is told how far a long step is, of the resource that is performed.
    ///   - onOutcome: is told each resource that has ended.
    func perform(
        _ plan: Plan, meter: ProgressMeter, onOutcome: @escaping (Outcome) -> Void
    ) throws -> Report {
        try Terminal.reportingFaults {
            let run = try state.begin(
                RunStart(
                    site: catalog.site, revision: catalog.revision, catalogDigest: catalog.digest,
                    time: Int(SystemClock.seconds)))
            let converger = try Converger(plan, on: hostSession.host, store: state, run: run)
            converger.onOutcome = onOutcome
            converger.onProgress = { meter.begin($0.address) }
            storage.onProgress = { meter.take($0, of: $1) }
            defer { storage.onProgress = { _, _ in } }
            return try converger.converge()
        }
    }

    /// Unmounts what the installation mounted, the last first.
    func release() throws {
        try Terminal.reportingFaults { try storage.unmountTarget() }
    }
}
