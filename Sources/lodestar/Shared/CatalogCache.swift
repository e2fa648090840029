import Compiler
import Model
import OperatorFiles
import Resources
import SystemCalls

/// The memory of a root's last runs, for speed: the catalog, so that an unchanged site is not compiled again, and the
/// observations of a run that found everything in place.
///
/// `apply` writes the cache, `plan` only reads it. A broken or foreign cache is not used.
struct CatalogCache {
    let context: String
    private let folder: String
    private let reader: any SiteReader

    /// - Parameter source: what `reader` reads, under the name that it has everywhere.
    init(root: String, source: SiteSource, reader: any SiteReader) {
        folder = StateFolder.path(below: root)
        context = "\(Lodestar.version) \(ThisProcess.programSignature) \(source.text)"
        self.reader = reader
    }

    private var catalogFile: String { "\(folder)/catalog.cache" }
    private var memoFile: String { "\(folder)/settled.cache" }

    func archive(for target: CompilationTarget) -> CatalogArchive? {
        guard let bytes = try? LocalFiles.stateContents(of: catalogFile) else { return nil }
        return CatalogArchive(bytes, types: Registry.all, of: reader) {
            $0.hold(in: reader, for: target, context: context)
        }
    }

    func memo(for target: CompilationTarget) -> InPlaceMemo? {
        guard let bytes = try? LocalFiles.stateContents(of: memoFile) else { return nil }
        return InPlaceMemo(bytes, types: Registry.all, of: reader) {
            $0.hold(in: reader, for: target, context: context)
        }
    }

    /// Keeps a compilation; one with secrets or diagnostics takes away what was kept.
    func keep(_ compilation: Compilation, on site: Site) -> CatalogArchive? {
        let archive = CatalogArchive(of: compilation, on: site, context: context)
        keep(archive?.bytes, in: catalogFile)
        return archive
    }

    func keep(_ memo: InPlaceMemo) { keep(memo.bytes, in: memoFile) }

    /// A cache that cannot be written costs time and nothing else.
    private func keep(_ bytes: [UInt8]?, in file: String) {
        do throws(HostFault) {
            guard let bytes else { return LocalFiles.remove(file) }
            try LocalFiles.write(bytes, to: file, isDurable: false)
        } catch {
            LocalFiles.remove(file)
        }
    }
}
