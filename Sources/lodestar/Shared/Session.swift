import ArgumentParser
import Compiler
import LinuxHostinfo
import LinuxHost
import Model
import OperatorFiles
import Resources
import Secrets
import StandardRoles
import SystemCalls

/// The common part of the commands that read a site: the site, its secrets, the host it is compiled for.
struct Session {
    let reader: any SiteReader
    private let secrets: AgeSecrets?
    /// As it was given.
    let given: SiteSource
    /// Under one name, wherever a command is run; of a commit the commit itself.
    let source: SiteSource
    /// Whether the newest commit is not trusted, and this is the last one that was.
    let isRefused: Bool
    /// How it was opened.
    let access: SourceAccess
    /// The committer's date, in seconds since 1970; nil where there is none.
    let made: Int64?
    /// The first line of the commit's message; nil for a directory.
    let subject: String?
    /// Parsed when it is needed: a cached catalog needs it not.
    let site: Lazily<Site>

    /// What the site is called in front of a person: the commit with its subject, or the directory.
    var name: String { source.workingDirectory ?? "\(given.text) (\(revision))" }

    /// Opens a site; a missing one is exit 66.
    ///
    /// - Parameters:
    ///   - trust: whose commits count, where somebody said so.
    ///   - root: the root in whose state it is remembered what was followed; nil to keep nothing.
    ///   - keepsBundles: whether a bundle is kept that was not kept before.
    init(
        _ source: SiteSource, identity: String?, trust: TrustOptions? = nil, root: String? = nil,
        keepsBundles: Bool = true
    ) throws {
        given = source
        var access = try trust?.access(root: root) ?? SourceAccess()
        access.keepsBundles = keepsBundles
        let opening = access
        self.access = opening
        let open = try Self.reportingFaults(of: source) { () throws(SourceFault) in try source.opened(opening) }
        if let setback = open.setback {
            Terminal.report("\(setback.kind == .pending ? "note" : "warning"): \(setback.remark)")
        }
        isRefused = open.setback?.kind == .refusal
        self.source = open.source
        (made, subject) = (open.made, open.subject)
        let reader = open.reader
        self.reader = reader
        let secrets = try Self.secrets(identity)
        self.secrets = secrets
        site = Lazily {
            Site(
                reader, types: Registry.all, standardRoles: StandardRoles.all, secrets: secrets,
                engine: EngineVersion(Lodestar.version), zones: TimeZoneFiles.contents)
        }
    }

    /// All files of the site.
    func files() throws -> [(path: String, bytes: [UInt8], isExecutable: Bool)] {
        do {
            return try reader.paths(below: "").map { path in
                (path, try reader.contents(of: path) ?? [], reader.isExecutable(path))
            }
        } catch let fault as SiteFault {
            Terminal.report("\(fault.path): error: \(fault.reason)")
            throw ExitStatus.failure
        }
    }

    /// Reports why a site cannot be opened, with its exit code.
    static func reportingFaults<Result>(
        of source: SiteSource, _ open: () throws(SourceFault) -> Result
    ) throws -> Result {
        try reportingFaults(ofFile: source.shown, open)
    }

    /// The same of a file that is no site.
    static func reportingFaults<Result>(
        ofFile name: String, _ open: () throws(SourceFault) -> Result
    ) throws -> Result {
        do throws(SourceFault) {
            return try open()
        } catch {
            Terminal.report("\(name): error: \(error.reason)")
            if let hint = error.hint { Terminal.report("  hint: \(hint)") }
            switch error.kind {
            case .usage: throw ExitCode(64)
            case .missing: throw ExitStatus.notFound
            case .refused: throw ExitStatus.refused
            case .untrusted: throw ExitStatus.untrusted
            case .unreachable: throw ExitStatus.unavailable
            case .failed: throw ExitStatus.failure
            }
        }
    }

    /// For how many seconds the stages of a site let other hosts go before the one below a root; nil where they cannot be read.
    static func soak(of reader: any SiteReader, below root: String) -> Int64? {
        guard let target = try? target(root: root) else { return nil }
        let site = Site(
            reader, types: Registry.all, standardRoles: StandardRoles.all, engine: EngineVersion(Lodestar.version))
        return site.soak(for: target)?.components.seconds
    }

    private static func secrets(_ path: String?) throws -> AgeSecrets? {
        let file = path ?? "/\(OwnPaths.identity)"
        do {
            guard let bytes = try LocalFiles.contents(of: file, limit: 1 << 20) else {
                if path == nil { return AgeSecrets(identities: []) }
                Terminal.report("\(file): error: expected an age identity, found none")
                throw ExitStatus.notFound
            }
            return AgeSecrets(identities: AgeIdentity.list(in: bytes))
        } catch let fault as HostFault {
            // Another account's identity is not for this one.
            if path == nil { return AgeSecrets(identities: []) }
            Terminal.report("error: \(fault.text)")
            throw ExitStatus.failure
        }
    }

    /// The host below a root, by its own facts.
    static func target(root: String) throws -> CompilationTarget {
        let facts = HostFacts(root: root)
        do {
            let identifier = HostIdentifier(root: root)
            let id = try identifier.hostIdentifier()
            var name = id
            if case .string(let hostname)? = try facts.fact("hostname") { name = hostname }
            return CompilationTarget(identity: HostIdentity(id: id, name: name, ip: identifier.address), facts: facts)
        } catch {
            Terminal.report("error: \(error.text)")
            throw ExitStatus.failure
        }
    }

    /// The host that the options name: one of the inventory, one by its facts, or the one below the root.
    func target(_ options: FactsOption, root: String) throws -> CompilationTarget {
        if let file = options.facts {
            return CompilationTarget(facts: try Self.snapshot(file), id: options.host)
        }
        guard let id = options.host else { return try Self.target(root: root) }
        return target(ofHost: id)
    }

    /// A host of the inventory, with its facts where someone keeps them.
    func target(ofHost id: String) -> CompilationTarget {
        site.value.target(ofHost: id)
    }

    /// The facts of a file; a missing one is exit 66.
    static func snapshot(_ file: String) throws -> FactsSnapshot {
        do {
            if let bytes = try LocalFiles.contents(of: file) { return try FactsSnapshot(reading: bytes, from: file) }
        } catch let diagnostics as Diagnostics {
            Terminal.report(diagnostics)
            throw ExitStatus.refused
        } catch let fault as HostFault {
            Terminal.report("error: \(fault.text)")
            throw ExitStatus.failure
        }
        Terminal.report("\(file): error: expected a file of facts, found none")
        throw ExitStatus.notFound
    }

    /// Compiles; errors are reported and exit 65.
    func compiled(for target: CompilationTarget) throws -> (catalog: Catalog, compilation: Compilation) {
        let compilation = site.value.compilation(for: target)
        Terminal.report(compilation.diagnostics)
        guard let catalog = compilation.catalog else { throw ExitStatus.refused }
        return (catalog, compilation)
    }

    func cache(below root: String) -> CatalogCache {
        CatalogCache(root: root, source: source, reader: reader, recipients: secrets?.recipients ?? [])
    }

    /// The name of the site's state in plans.
    var revision: String { reader.revision }

    /// The catalog of a host below a root, from the cache where nothing changed.
    func catalog(for target: CompilationTarget, root: String) throws -> Catalog {
        guard var known = cache(below: root).archive(for: target)?.catalog else {
            return try compiled(for: target).catalog
        }
        known.revision = revision
        return known
    }

    /// The same, and what was compiled is kept.
    ///
    /// - Returns: nil as archive where the catalog is not to be kept.
    func keptCatalog(
        for target: CompilationTarget, root: String
    ) throws -> (catalog: Catalog, archive: CatalogArchive?) {
        let cache = cache(below: root)
        if let archive = cache.archive(for: target) {
            var catalog = archive.catalog
            catalog.revision = revision
            return (catalog, archive)
        }
        let (catalog, compilation) = try compiled(for: target)
        return (catalog, cache.keep(compilation, on: site.value))
    }
}

/// A value that is made at its first use.
final class Lazily<Value> {
    private let make: () -> Value
    private(set) lazy var value: Value = make()

    init(_ make: @escaping () -> Value) {
        self.make = make
    }
}
