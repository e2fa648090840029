import Bundles
import Fetching
import Model
import SystemCalls

/// Bundles on the web.
extension SourceAccess {
    /// The most bytes of a file of authorities.
    private static let authorityLimit = 4 << 20
    /// How often a bundle is asked for that becomes another one while it comes.
    private static let greatestCount = 3

    /// What is said of a bundle on the web now, and its files: read while it comes, or from the copy where the server says that it is the
    /// same.
    func fetched(
        _ source: BundleSource, _ found: inout BundleInspection?
    ) throws(SourceFault) -> (BundleInspection, BundleSite) {
        if let wanted = source.commit, let known = try copy(of: source, at: wanted) { return known }
        var count = 0
        while true {
            count += 1
            let download = try download(source)
            do throws(SourceFault) {
                let inspection = try judgement(of: source, in: download)
                found = inspection
                try checkSequence(of: inspection)
                let site = try inspection.site()
                try download.keep()
                return (inspection, site)
            } catch {
                if download.hasChanged, count < Self.greatestCount { continue }
                if let fault = download.fault { throw fault }
                if download.isUnchanged, error.kind != .failed, count < Self.greatestCount,
                    let place = place(of: source),
                    isDamaged(place, found)
                {
                    // The copy is not what the server means.
                    LocalFiles.remove(BundleDownload.Files.mark(of: place))
                    continue
                }
                download.discard()
                throw error
            }
        }
    }

    /// What is to be said of a bundle on the web, by its beginning.
    func judgement(of source: BundleSource, in download: BundleDownload) throws(SourceFault) -> BundleInspection {
        let bundle = download.isUnchanged ? try OpenBundle(at: place(of: source) ?? "") : try download.opened()
        return try checkedCommit(of: try judgement(of: bundle), source)
    }

    func download(_ source: BundleSource) throws(SourceFault) -> BundleDownload {
        guard let address = source.address else {
            throw SourceFault(.usage, source.addressProblem ?? "", hint: BundleSource.elsewhere.hint)
        }
        var authorities: String?
        if let authority {
            do throws(HostFault) {
                guard let bytes = try LocalFiles.contents(of: authority, limit: Self.authorityLimit) else {
                    throw HostFault.absent("read", authority)
                }
                authorities = String(decoding: bytes, as: UTF8.self)
            } catch {
                throw SourceFault(error)
            }
        }
        return try BundleDownload(
            address, copy: place(of: source), isKeeping: keepsBundles, authorities: authorities, by: fetchProgram)
    }

    /// The copy, where it is of a commit; nil where it is not, or not whole any more.
    private func copy(
        of source: BundleSource, at commit: String
    ) throws(SourceFault) -> (BundleInspection, BundleSite)? {
        guard let place = place(of: source), let bundle = try? OpenBundle(at: place),
            let inspection = try? judgement(of: bundle), inspection.knownCommit == commit
        else { return nil }
        try checkSequence(of: inspection)
        return (try? inspection.site()).map { (inspection, $0) }
    }

    /// Whether a copy has other bytes than its list says, whoever has signed that.
    private func isDamaged(_ place: String, _ inspection: BundleInspection?) -> Bool {
        guard let bundle = try? OpenBundle(at: place) else { return true }
        return (try? bundle.site()) == nil
    }
}
