import Compiler
import Model
import OperatorFiles
import Resources
import Secrets
import SystemCalls

/// The memory of a root's last runs, for speed: the catalog, so that an unchanged site is not compiled again, and the
/// observations of a run that found everything in place.
///
/// `apply` writes the cache, `plan` only reads it. A broken or foreign cache is not used. What holds something of a secret is
/// sealed with a key of the host's own; a key that is lost or another one is no cache.
struct CatalogCache {
    let context: String
    private let folder: String
    private let reader: any SiteReader

    /// - Parameters:
    ///   - source: what `reader` reads, under the name that it has everywhere.
    ///   - recipients: the public keys of whose secrets can be read.
    init(root: String, source: SiteSource, reader: any SiteReader, recipients: [String]) {
        folder = StateFolder.path(below: root)
        let identity = ([Lodestar.version, ThisProcess.programSignature] + recipients).joined(separator: " ")
        context = "\(identity) \(source.text)"
        self.reader = reader
    }

    private static let catalogName = "catalog.cache", memoName = "settled.cache"
    private var keyFile: String { "\(folder)/cache.key" }

    func archive(for target: CompilationTarget) -> CatalogArchive? {
        guard let bytes = contents(of: Self.catalogName) else { return nil }
        return CatalogArchive(bytes, types: Registry.type(named:), of: reader) {
            $0.hold(in: reader, for: target, context: context)
        }
    }

    func memo(for target: CompilationTarget) -> InPlaceMemo? {
        guard let bytes = contents(of: Self.memoName) else { return nil }
        return InPlaceMemo(bytes, types: Registry.type(named:), of: reader) {
            $0.hold(in: reader, for: target, context: context)
        }
    }

    /// Keeps a compilation; one with diagnostics takes away what was kept.
    func keep(_ compilation: Compilation, on site: Site) -> CatalogArchive? {
        let archive = CatalogArchive(of: compilation, on: site, context: context)
        keep(archive?.bytes, in: Self.catalogName, isSecret: archive?.holdsSecrets == true)
        return archive
    }

    func keep(_ memo: InPlaceMemo) { keep(memo.bytes, in: Self.memoName, isSecret: memo.holdsSecrets) }

    /// The bytes of a cache, opened where they are sealed.
    private func contents(of name: String) -> [UInt8]? {
        guard let bytes = try? LocalFiles.stateContents(of: "\(folder)/\(name)") else { return nil }
        return CacheSeal.isSealed(bytes) ? seal?.opened(bytes, as: name) : bytes
    }

    /// nil where there is no key.
    private var seal: CacheSeal? {
        (try? LocalFiles.stateContents(of: keyFile, limit: 64)).flatMap { CacheSeal(key: $0) }
    }

    /// The seal, with a new key where there is none that is one.
    private func madeSeal() throws(HostFault) -> CacheSeal? {
        if let seal { return seal }
        let key = CacheSeal.newKey()
        try LocalFiles.write(key, to: keyFile, isDurable: false)
        return CacheSeal(key: key)
    }

    /// A cache that cannot be written costs time and nothing else.
    private func keep(_ bytes: [UInt8]?, in name: String, isSecret: Bool) {
        let file = "\(folder)/\(name)"
        do throws(HostFault) {
            guard var bytes else { return LocalFiles.remove(file) }
            if isSecret {
                guard let sealed = try madeSeal()?.sealed(bytes, as: name) else { return LocalFiles.remove(file) }
                bytes = sealed
            }
            try LocalFiles.write(bytes, to: file, isDurable: false)
        } catch {
            LocalFiles.remove(file)
        }
    }
}
