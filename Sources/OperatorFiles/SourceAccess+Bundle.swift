import Bundles
import Git
import Model
import SystemCalls

/// Bundles: what is in a file of the host, or the last one that was taken from there where there is a reason to go on with it.
extension SourceAccess {
    typealias OpenedBundle = (site: BundleSite, setback: Setback?)

    /// Opens a bundle, reads all of it, and keeps it.
    func opened(_ source: BundleSource) throws(SourceFault) -> OpenedBundle {
        let followed = Self.name(of: source)
        let status = try history()?[followed] ?? SourceStatus()
        if source.isOnWeb, source.commit == nil, let fault = patience(with: status) {
            return try goingOn(with: source, because: fault)
        }
        var found: BundleInspection?, isTaken = false
        do throws(SourceFault) {
            let (inspection, site) = try present(source, &found)
            // One that must be of a commit is never another one.
            if source.commit != nil { return (site, nil) }
            isTaken = true
            let taken = TakenCommit(inspection, site.list, at: SystemClock.seconds)
            var setback = remember(followed, provedBy: site.list.created) { status, _ in
                status.takes(taken)
                status.current = taken
            }
            if let age = try staleness(made: site.list.created) {
                if isFreshOnly { throw SourceFault(.unreachable, age) }
                setback = Setback(remark: "\(source.text): \(age)", kind: .warning)
            }
            return (site, setback)
        } catch {
            guard error.kind != .usage, error.kind != .failed, !isTaken, source.commit == nil, trust != nil || isWaived
            else { throw error }
            let isAway = error.kind == .missing || error.kind == .unreachable
            _ = remember(followed, provedBy: nil) { status, time in
                status.hears(isAway ? .unreachable : .refused, at: time)
                (status.reason, status.candidate, status.candidateKey) = (error.reason, found?.knownCommit, found?.key)
            }
            guard isAway ? !isFreshOnly && (goesOn || source.isOnWeb) : goesOn else { throw error }
            return try goingOn(with: source, because: error)
        }
    }

    /// What is said of a bundle now, and its files.
    private func present(
        _ source: BundleSource, _ found: inout BundleInspection?
    ) throws(SourceFault) -> (BundleInspection, BundleSite) {
        try checkTrust(of: source)
        if source.isOnWeb { return try fetched(source, &found) }
        let inspection = try judgement(of: source)
        found = inspection
        try checkSequence(of: inspection)
        return (inspection, try kept(inspection, from: source))
    }

    /// What is to be said of a bundle now.
    func judgement(of source: BundleSource) throws(SourceFault) -> BundleInspection {
        try checkTrust(of: source)
        if source.isOnWeb { return try judgement(of: source, in: try download(source)) }
        return try checkedCommit(of: try judgement(of: try OpenBundle(at: source.path)), source)
    }

    private func checkTrust(of source: BundleSource) throws(SourceFault) {
        guard trust != nil || isWaived else {
            throw SourceFault(
                .untrusted, "expected --signers or --key for a bundle, found neither",
                hint: "--trust none takes it from whoever can write there")
        }
        if let commit = source.commit, GitCommitName(commit) == nil {
            throw SourceFault(
                .usage, "expected the 40 digits of a commit behind `#` of a bundle, found `\(commit)`",
                hint: "a bundle is of one commit, and has no branches")
        }
    }

    /// - Throws: for a bundle of another commit than the one that it must be of.
    func checkedCommit(
        of inspection: BundleInspection, _ source: BundleSource
    ) throws(SourceFault) -> BundleInspection {
        if let wanted = source.commit, let commit = inspection.knownCommit, commit != wanted {
            throw SourceFault(.refused, "expected a bundle of the commit \(wanted), found one of \(commit)")
        }
        return inspection
    }

    func judgement(of bundle: OpenBundle) throws(SourceFault) -> BundleInspection {
        let now = max(SystemClock.seconds, try history()?.earliest ?? 0)
        return try BundleInspection(bundle, by: try presentTrust(), now: now)
    }

    /// Reads a bundle, and keeps it in the folder of the state when it is whole, unless it is there.
    private func kept(_ inspection: BundleInspection, from source: BundleSource) throws(SourceFault) -> BundleSite {
        guard let state, let place = place(of: source), keepsBundles || LocalFiles.exists(place) else {
            return try inspection.site()
        }
        var fault: SourceFault?
        if let old = try? keptSite(at: place, like: inspection) {
            _ = try inspection.site()
            return old
        }
        do throws(HostFault) {
            try LocalFiles.makeDirectory("\(state)/source", mode: 0o700)
            try LocalFiles.write(to: place) { (sink) throws(HostFault) in
                do throws(SourceFault) {
                    _ = try inspection.site(copy: sink)
                } catch {
                    fault = error
                    throw HostFault("keep", place, "the bundle is not whole")
                }
            }
        } catch {
            if let fault, fault.kind != .failed { throw fault }
            // A disk that is full takes nothing away.
            return try inspection.site().holdingFiles
        }
        if let copy = try? keptSite(at: place, like: inspection) { return copy }
        return try inspection.site().holdingFiles
    }

    /// The site in a copy of this root's, read whole: whoever writes to the bundle itself changes nothing of it. nil for a copy of
    /// another bundle.
    private func keptSite(at place: String, like inspection: BundleInspection) throws(SourceFault) -> BundleSite? {
        let copy = try OpenBundle(at: place)
        return inspection.isLike(copy) ? try judgement(of: copy).site() : nil
    }

    /// The last bundle that was taken from a place, judged again.
    private func goingOn(with source: BundleSource, because fault: SourceFault) throws(SourceFault) -> OpenedBundle {
        guard let place = place(of: source), let last = try history()?[Self.name(of: source)].taken,
            let bundle = try? OpenBundle(at: place)
        else { throw fault }
        let site: BundleSite
        do throws(SourceFault) {
            let inspection = try judgement(of: bundle)
            try checkSequence(of: inspection)
            site = try inspection.site()
        } catch {
            // What lies at the path comes first: the copy is only what would have gone on.
            let reason = "\(fault.reason); nor can its last copy go on, \(place): \(error.reason)"
            throw SourceFault(fault.kind, reason, hint: fault.hint)
        }
        let (day, _) = CivilDate.clock(at: last.time)
        var remark =
            "\(source.text): \(fault.reason); going on with \(site.list.commit.prefix(12)), the last bundle that was trusted, on \(day)"
        if let age = try staleness(made: site.list.created) { remark += "; \(age)" }
        return (
            site,
            Setback(remark: remark, kind: fault.kind == .missing || fault.kind == .unreachable ? .warning : .refusal)
        )
    }

    private static func name(of source: BundleSource) -> SiteSource { .bundle(BundleSource(path: source.path)) }

    /// Where a bundle of a place is kept; nil where nothing is.
    func place(of source: BundleSource) -> String? {
        guard let state else { return nil }
        return "\(state)/source/\(source.copyName)"
    }
}

extension BundleSource {
    /// What the copy of a bundle is called in the folder of a root's state.
    var copyName: String {
        let name = path.split(separator: "/").last?.dropLast(Self.suffix.count) ?? ""
        return KeptName.text(name, of: path) + Self.suffix
    }
}

extension TakenCommit {
    fileprivate init(_ inspection: BundleInspection, _ list: BundleList, at time: Int64) {
        self.init(
            commit: list.commit, subject: list.subject, signer: inspection.signer,
            key: inspection.isTrusted ? inspection.key : nil, made: list.created, time: time)
    }
}
