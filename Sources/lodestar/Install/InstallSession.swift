import ArgumentParser
import Compiler
import Engine
import LinuxHost
import Model
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

    /// - Parameter name: of the profile.
    init(_ options: InstallOptions, profile name: String, _ session: Session) throws {
        let target = try Self.target(options, session)
        guard let compilation = session.site.value.compilation(ofProfile: name, for: target) else {
            let names = session.site.value.profileNames
            Terminal.report("error: expected an install profile, found `\(name)` without `install/\(name).yaml`")
            if let hint = Spelling.hint(for: name, among: names) { Terminal.report("  hint: \(hint)") }
            throw ExitStatus.notFound
        }
        Terminal.report(compilation.diagnostics)
        guard let catalog = compilation.catalog else { throw ExitStatus.refused }
        self.catalog = catalog
        guard ThisProcess.isPrivileged else {
            Terminal.report("error: an installation needs root's privileges")
            throw ExitStatus.noPrivilege
        }
        let images = try options.diskImage.map { try DiskImage(parsing: $0) }
        (self.images, folder) = try Terminal.reportingFaults {
            (try images.map { try AttachedImage($0) }, try LocalFiles.madeTemporary("/run/lodestar-install"))
        }
        let place = AbsolutePath(options.target) ?? .root
        let installation = Installation(
            host: target.identity.id, profile: name, target: place,
            approval: images.isEmpty
                ? nil : Installation.Approval(disks: Set(images.map(\.serial)), signatures: []))
        storage = LinuxStorage(installation, disks: images.isEmpty ? nil : self.images.map(\.disk))
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

    func plan(_ selection: Selection) throws -> Plan {
        try hostSession.plan(catalog, state: state, selection)
    }

    /// Unmounts what the installation mounted, the last first.
    func release() throws {
        try Terminal.reportingFaults { try storage.unmountTarget() }
    }
}
