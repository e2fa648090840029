import Compiler
import LinuxHost
import Model
import Resources

/// The last catalog of a root, kept so that a site that did not change is not compiled again.
///
/// `apply` writes it, `plan` only reads it. A broken or foreign one counts as none.
struct CatalogCache {
    let root: String
    let context: String

    init(root: String, site: String) {
        self.root = root
        context = "\(Lodestar.version) \(LocalFiles.signatureOfThisProgram) \(LocalFiles.absolute(site))"
    }

    private var path: String { "\(StateFolder.path(below: root))/catalog.cache" }

    func catalog(_ reader: any SiteReader, for target: CompilationTarget) -> Catalog? {
        guard let bytes = try? LocalFiles.contents(of: path) else { return nil }
        return CatalogArchive.catalog(in: bytes, types: Registry.all) {
            $0.hold(in: reader, for: target, context: context)
        }
    }

    /// Keeps a compilation; one with secrets or diagnostics takes away what was kept.
    func keep(_ compilation: Compilation, on site: Site) {
        do throws(HostFault) {
            if let bytes = CatalogArchive.bytes(of: compilation, on: site, context: context) {
                try LocalFiles.write(bytes, to: path)
            } else {
                LocalFiles.remove(path)
            }
        } catch {
            // A cache that cannot be written costs time and nothing else.
            LocalFiles.remove(path)
        }
    }
}
