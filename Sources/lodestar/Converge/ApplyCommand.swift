import ArgumentParser
import Engine
import Model
import OperatorFiles
import State
import SystemCalls

/// `lodestar apply`: plans and performs, or performs exactly a saved plan.
struct ApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Brings the host to what the site declares.",
        discussion: "Example: lodestar apply Examples/first --root /srv/sandbox")

    @Argument(
        help: "The directory, the commit (DIR#REF) or the bundle of the site, or a plan that `plan --out` saved.",
        completion: .file())
    var source = "."

    @OptionGroup var options: HostOptions
    @OptionGroup var trust: TrustOptions
    @OptionGroup var selection: SelectionOptions

    @OptionGroup var output: RunOutput

    @Flag(help: "Removes more than the limit of safety.max_removals.")
    var allowRemovals = false

    @Flag(help: "Tries again what a trial that failed keeps from it.")
    var retry = false

    @Flag(help: "Goes on where nobody could log in and become root any more.")
    var allowLockout = false

    @Option(
        help: ArgumentHelp(
            "Changes of access come back by themselves, unless `lodestar confirm` comes within this time, such as 60s.",
            valueName: "duration"))
    var confirm: String?

    @OptionGroup var observation: ObservationOptions
    @OptionGroup var install: InstallOptions

    /// How the agent calls it: with nobody there who could confirm at once, as `safety.confirm` of the site says.
    @Flag(help: .hidden)
    var unattended = false

    private var confirmationTime: Duration? { confirm.flatMap { Duration(text: $0) } }

    /// How long what a plan changes of access waits to be confirmed; nil where it need not.
    private func confirmationTime(of plan: Plan) -> Duration? {
        if plan.access == nil { return nil }
        return confirmationTime ?? (unattended ? plan.catalog.safety.confirmationTime : nil)
    }

    func validate() throws {
        guard confirm != nil else { return }
        guard confirmationTime?.isConfirmationTime == true else {
            throw ValidationError("expected --confirm with a duration such as 60s, at most a day")
        }
    }

    func run() throws {
        if let profile = install.profile { return try performInstallation(profile) }
        var isRefused = false
        do {
            try converge(&isRefused)
        } catch let code as ExitCode where isRefused && code == ExitCode(2) {
            // That the newest commit is not trusted tells more than that something changed.
        }
        if isRefused { throw ExitStatus.untrusted }
    }

    /// - Parameter isRefused: whether this is the last commit that was trusted, since the newest one is not.
    private func converge(_ isRefused: inout Bool) throws {
        let saved = try savedPlan()
        if let saved, options.root != "/", LocalFiles.absolute(options.root) != saved.root {
            Terminal.report("\(source): error: expected the root \(saved.root) of this plan, found \(options.root)")
            throw ExitStatus.refused
        }
        let root = saved?.root ?? options.root
        let hostSession = try HostSession(root: root)
        if (saved?.source ?? SiteSource(parsing: source)).isFollowed, ThisProcess.isPrivileged {
            // What is brought and what was trusted is kept from the first time on.
            _ = try Terminal.reportingFaults { try StateFolder.made(below: hostSession.root) }
        }
        let session = try Session(
            saved?.source ?? SiteSource(parsing: source), identity: options.identity, trust: trust,
            root: hostSession.root)
        isRefused = session.isRefused
        let target = try Session.target(root: hostSession.root)
        if ThisProcess.isPrivileged, let objection = session.given.resolved.objection(owners: Operator.accounts) {
            Terminal.report("warning: whoever can write the site decides what root does: \(objection)")
        }
        Interrupts.watch()
        let lock = try hostSession.lock(for: "apply")
        defer { withExtendedLifetime(lock) {} }
        try hostSession.checkNothingWaits()
        let state = try hostSession.writableState()
        try hostSession.tidy(state)
        // A commit that changes nothing here ends what was held until it came.
        let commit = Catalog.commit(in: session.revision)
        if let commit { try Terminal.reportingFaults { try state.keepHolds(for: commit) } }
        if retry { try Terminal.reportingFaults { try state.forgetDisproofs() } }
        let wanted = saved?.selection ?? selection.value
        CertificateEnds.report(root: hostSession.root)
        let isMemorable = saved == nil && wanted.isWhole, cache = session.cache(below: hostSession.root)
        let memo = isMemorable ? cache.memo(for: target) : nil
        try session.begin(below: hostSession.root)
        if let plan = try hostSession.inPlacePlan(
            memo, state: state, revision: session.revision, isRead: observation.verify)
        {
            try hostSession.warn(ofEmpty: plan, state)
            try session.end(nil, below: hostSession.root)
            return try output.finish(Report(run: 0, outcomes: [], inPlaceCount: plan.inPlaceCount))
        }
        if isMemorable { try session.attempt(below: hostSession.root) }
        let (catalog, archive) = try session.keptCatalog(for: target, root: hostSession.root)
        let recorder = isMemorable && archive != nil ? hostSession.recorder() : nil
        if commit == nil { try Terminal.reportingFaults { try state.keepHolds(for: catalog.siteState) } }
        var plan = try hostSession.plan(catalog, state: state, wanted, recorder: recorder)
        if let saved {
            if let mismatch = saved.mismatch(with: plan, root: hostSession.root) {
                Terminal.report("\(source): error: expected a plan of this site and host: \(mismatch)")
                throw ExitStatus.refused
            }
            plan = saved.restricting(plan)
        }
        try hostSession.warn(ofEmpty: plan, state)
        for remark in plan.remarks { Terminal.report(remark.line) }
        report(held: plan)
        if (plan.exceedsRemovalLimit && !allowRemovals) || (plan.locksOut && !allowLockout) {
            Terminal.print(PlanText(plan, isColored: Terminal.isColored).text(.full))
            throw ExitStatus.unsafe
        }
        var pending: PendingConfirmation?
        var report = try output.perform(plan, hostSession, state, isExact: saved != nil) { run in
            guard let time = confirmationTime(of: plan) else { return }
            let waiting = try PendingConfirmation(run: run, of: plan, on: hostSession, within: time)
            try waiting.begin(below: hostSession.root)
            pending = waiting
        }
        report.access = plan.access
        if let waiting = pending, try !waiting.hasEffects(report, state) {
            PendingConfirmation.remove(below: hostSession.root)
            pending = nil
        }
        try Terminal.reportingFaults { try pending?.restart(below: hostSession.root) }
        if let pending { Terminal.report("note: \(pending.text)") }
        report.disproofs = plan.disproofs.map(\.reason)
        report.rollbacks = try output.rollBack(report, of: plan.catalog, hostSession, state)
        if isMemorable { try session.end(report, below: hostSession.root) }
        if report.run == 0, let archive, let memo = recorder?.memo(of: plan, archive) { cache.keep(memo) }
        try output.finish(report)
    }

    private func performInstallation(_ profile: String) throws {
        let session = try Session(SiteSource(parsing: source), identity: options.identity, trust: trust)
        Interrupts.watch()
        let installation = try InstallSession(install, profile: profile, session, trust: trust.who)
        var report = Report(run: 0, outcomes: [], inPlaceCount: 0)
        let present = try installation.planInPlace(selection.value)
        report.inPlaceCount = present.inPlaceCount
        if !present.isIdle {
            let plan = try installation.plan(selection.value)
            if plan.count(.refuse) > 0 {
                Terminal.print(PlanText(plan, isColored: Terminal.isColored).text(.full))
                Terminal.report("error: nothing was changed: an installation of which a part is refused is not begun")
                throw ExitStatus.unsafe
            }
            report = try output.perform(plan, installation.hostSession, installation.state)
            try installation.release()
        }
        try output.finish(report)
    }

    private func report(held plan: Plan) {
        for held in plan.resources where held.action == .hold {
            guard case .held? = held.reason else { continue }
            Terminal.report("note: \(held.address) is left alone: \(held.reason?.text ?? "")".printable)
        }
        for (declaration, reason) in plan.disproofs {
            let address = declaration.partOf?.address ?? declaration.address
            Terminal.report("error: \(address) is not tried again: \(reason)".printable)
            Terminal.report("  hint: change its declaration, or `lodestar apply --retry`")
        }
    }

    private func savedPlan() throws -> SavedPlan? {
        guard source.hasSuffix(".json") else { return nil }
        return try Terminal.reportingFaults {
            guard let bytes = try LocalFiles.contents(of: source) else {
                Terminal.report("\(source): error: expected a saved plan, found none")
                throw ExitStatus.notFound
            }
            guard let plan = SavedPlan(bytes) else {
                Terminal.report("\(source): error: expected a plan that `lodestar plan --out` saved")
                throw ExitStatus.refused
            }
            return plan
        }
    }
}
