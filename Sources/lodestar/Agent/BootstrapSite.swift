import Agent
import ArgumentParser
import Compiler
import Engine
import LinuxHost
import Model
import OperatorFiles
import Resources
import StandardRoles
import SystemCalls

/// The site of one role, `std/agent`, that makes a root one that follows a source.
struct BootstrapSite {
    /// The agent's settings to be; its files are where they are read now.
    private let converge: AgentSettings.Converge
    private let hostSession: HostSession
    private var root: String { hostSession.root }

    private static let packaged = "/usr/bin/lodestar"
    private static let installed = "/usr/local/bin/lodestar"
    private static let program = "lodestar"
    private static let programLimit = 256 << 20

    init(_ converge: AgentSettings.Converge, root: String) throws {
        self.converge = converge
        hostSession = try HostSession(root: root)
    }

    /// Shows what `apply` would do.
    func plan() throws {
        let catalog = try catalog()
        let planned = try hostSession.plan(catalog, state: try hostSession.pastState(), Self.selection(of: catalog))
        Terminal.print(PlanText(planned, isColored: Terminal.isColored).text(.full))
    }

    /// Applies it, and nothing that others declared is touched.
    func apply() throws {
        let catalog = try catalog()
        Interrupts.watch()
        let lock = try hostSession.lock(for: "bootstrap")
        defer { withExtendedLifetime(lock) {} }
        try hostSession.checkNothingWaits()
        let state = try hostSession.writableState()
        try hostSession.tidy(state)
        let planned = try hostSession.plan(catalog, state: state, Self.selection(of: catalog))
        let output = try RunOutput.parse([])
        try output.finish(try output.perform(planned, hostSession, state))
    }

    private func place(_ path: String) -> String { LocalFiles.place(path, below: root) }

    private static func selection(of catalog: Catalog) -> Selection {
        Selection(only: catalog.declarations.map(\.address.description))
    }

    /// Compiles it for the root.
    private func catalog() throws -> Catalog {
        let isPackaged = LocalFiles.exists(place(Self.packaged))
        let isThere = isPackaged || (root == "/" && ThisProcess.programPath == Self.installed)
        var files: [String: [UInt8]] = ["site.yaml": Array("site: bootstrap\n".utf8)]
        var manifest: [Datum.Member] = [
            .init(
                "role",
                [
                    "std/agent": [
                        "with": try parameters(
                            program: isPackaged ? Self.packaged : Self.installed, isPackaged: isPackaged)
                    ]
                ])
        ]
        if !isThere {
            files["files/\(Self.program)"] = try Terminal.reportingFaults {
                try LocalFiles.contents(of: ThisProcess.programPath, limit: Self.programLimit) ?? []
            }
            let file: Datum = [
                "source": .string(Self.program), "mode": "0755", "before": ["service:lodestar-agent"],
                "on_undeclare": "release",
            ]
            manifest.append(.init("file", .map([.init(Self.installed, file)])))
        }
        files["manifests/agent.yaml"] = Array(Datum.map(manifest).json.utf8)
        let site = Site(
            MapSite(bytes: files, revision: "lodestar bootstrap"), types: Registry.all,
            standardRoles: StandardRoles.all, engine: EngineVersion(Lodestar.version))
        let compilation = site.compilation(for: try Session.target(root: root))
        Terminal.report(compilation.diagnostics)
        guard let catalog = compilation.catalog else { throw ExitStatus.refused }
        return catalog
    }

    private func parameters(program: String, isPackaged: Bool) throws -> Datum {
        var members: [Datum.Member] = [
            .init("mode", .string(converge.mode.rawValue)), .init("program", .string(program)),
            .init("packaged", .bool(isPackaged)),
        ]
        var follow: [Datum.Member]
        switch converge.source {
        case .directory, .commit, nil:
            members.append(.init("source", Self.text(converge.source?.resolved.text ?? "")))
            return .map(members)
        case .remote(let source):
            follow = [.init("url", Self.text(source.directory))]
            if source.revision != "HEAD" { follow.append(.init("ref", Self.text(source.revision))) }
            if let folder = source.folder { follow.append(.init("folder", Self.text(folder))) }
        case .bundle(let source): follow = [.init("bundle", Self.text(source.path))]
        }
        var texts: [Datum.Member] = []
        /// The file's own copy on the root.
        func kept(_ path: AbsolutePath?, as name: String) throws -> Datum? {
            guard let path else { return nil }
            let bytes = try SignerOptions.believed(path.text, name)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                Terminal.report("\(path.text): error: expected a text in UTF-8, found something else")
                throw ExitStatus.refused
            }
            texts.append(.init(name, Self.text(text)))
            return .string("/\(OwnPaths.settings)/\(name)")
        }
        let trust = converge.trust ?? SourceTrustSettings()
        if let path = try kept(trust.authority, as: "ca.pem") { follow.append(.init("ca", path)) }
        var allowed: [Datum.Member] = []
        if let path = try kept(trust.signers, as: "allowed_signers") { allowed.append(.init("signers", path)) }
        if !trust.keys.isEmpty { allowed.append(.init("keys", .list(trust.keys.map { .string($0) }))) }
        if let path = try kept(trust.revoked, as: "revoked_keys") { allowed.append(.init("revoked", path)) }
        if let age = trust.longestAge { allowed.append(.init("expires_after", .string("\(age.components.seconds)s"))) }
        follow.append(.init("trust", trust.isWaived ? "none" : .map(allowed)))
        if converge.breaker != 3 { follow.append(.init("breaker", .int(Int64(converge.breaker ?? 0)))) }
        members += [.init("follow", .map(follow)), .init("files", .map(texts))]
        return .map(members)
    }

    /// A text in which nothing is an expression.
    private static func text(_ text: String) -> Datum { .string(text.replacing("${{", with: "$${{")) }
}
