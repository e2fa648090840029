import ArgumentParser
import Engine
import LinuxHost
import Model
import OperatorFiles
import State
import SystemCalls

/// `lodestar apply`: plans and performs, or performs exactly a saved plan.
struct ApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Brings the host to what the site declares.",
        discussion: "Example: lodestar apply Examples/first --root /srv/sandbox")

    @Argument(help: "The directory of the site, or a plan that `plan --out` saved.", completion: .file())
    var source = "."

    @OptionGroup var options: HostOptions
    @OptionGroup var selection: SelectionOptions

    @Option(help: "text or json.")
    var format = Format.text

    @Flag(help: "Only the counts.")
    var summary = false

    @Flag(help: "Exits 2 when something changed, 4 when something failed, 6 for both.")
    var detailedExitCode = false

    @Flag(help: "Removes more than the limit of safety.max_removals.")
    var allowRemovals = false

    @OptionGroup var observation: ObservationOptions

    func run() throws {
        let saved = try savedPlan()
        if let saved, options.root != "/", LocalFiles.absolute(options.root) != saved.root {
            Terminal.report("\(source): error: expected the root \(saved.root) of this plan, found \(options.root)")
            throw ExitStatus.refused
        }
        let root = saved?.root ?? options.root
        let session = try Session(saved?.source ?? SiteSource(parsing: source), identity: options.identity)
        let hostSession = try HostSession(root: root)
        let target = try Session.target(root: hostSession.root)
        if ThisProcess.isPrivileged, let objection = session.source.resolved.objection(owners: Operator.accounts) {
            Terminal.report("warning: whoever can write the site decides what root does: \(objection)")
        }
        Interrupts.watch()
        let lock = try takeLock(hostSession.root)
        defer { withExtendedLifetime(lock) {} }
        LocalFiles.makePrivate(hostSession.databasePath)
        let state = try Terminal.reportingFaults {
            try DatabaseFiles.check(hostSession.databasePath)
            return try StateDatabase.opened(at: hostSession.databasePath)
        }
        let wanted = saved?.selection ?? Selection(only: selection.only, skipped: selection.skip)
        let isMemorable = saved == nil && wanted.isWhole, cache = session.cache(below: hostSession.root)
        let memo = isMemorable && !observation.verify ? cache.memo(for: target) : nil
        if let plan = try hostSession.inPlacePlan(memo, state: state, revision: session.revision) {
            return try finish(Report(run: 0, outcomes: [], inPlaceCount: plan.inPlaceCount))
        }
        let (catalog, archive) = try session.keptCatalog(for: target, root: hostSession.root)
        let recorder = isMemorable && archive != nil ? hostSession.recorder() : nil
        var plan = try hostSession.plan(catalog, state: state, wanted, recorder: recorder)
        if let saved {
            if let mismatch = saved.mismatch(with: plan, root: hostSession.root) {
                Terminal.report("\(source): error: expected a plan of this site and host: \(mismatch)")
                throw ExitStatus.refused
            }
            plan = saved.restricting(plan)
        }
        for remark in plan.remarks { Terminal.report(remark.line) }
        if plan.exceedsRemovalLimit, !allowRemovals {
            Terminal.print(PlanText(plan, isColored: Terminal.isColored).text(.full))
            throw ExitStatus.unsafe
        }
        let report = try perform(plan, hostSession, state, isExact: saved != nil)
        if report.run == 0, let archive, let memo = recorder?.memo(of: plan, archive) { cache.keep(memo) }
        try finish(report)
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

    private func takeLock(_ root: String) throws -> ProcessLock {
        guard ThisProcess.isPrivileged else {
            Terminal.report("error: apply needs root's privileges")
            throw ExitStatus.noPrivilege
        }
        do {
            return try ProcessLock(root: root)
        } catch let held as ProcessLock.Held {
            let holder = held.process.map { "process \($0)" } ?? "another process"
            Terminal.report("error: expected no other run for \(root), found one: \(holder) holds the lock")
            throw ExitStatus.locked
        } catch let fault as HostFault {
            Terminal.report("error: \(fault.text)")
            throw ExitStatus.failure
        }
    }

    /// A run that has nothing to do leaves no trace.
    private func perform(
        _ plan: Plan, _ hostSession: HostSession, _ state: StateDatabase, isExact: Bool
    ) throws -> Report {
        try Terminal.reportingFaults {
            let isInLine = try !plan.isWhole || state.ledgerDigest() == plan.catalog.digest
            if plan.resources.isEmpty, isInLine {
                return Report(run: 0, outcomes: [], inPlaceCount: plan.inPlaceCount)
            }
            try PinnedHostID(root: hostSession.root).pin(plan.catalog.host.id)
            let run = try state.begin(
                RunStart(
                    site: plan.catalog.site, revision: plan.catalog.revision, catalogDigest: plan.catalog.digest,
                    time: Int(SystemClock.seconds)))
            let converger = try Converger(plan, on: hostSession.host, store: state, run: run, isExact: isExact)
            converger.isInterrupted = { Interrupts.signal != nil }
            if format == .text, !summary {
                let text = ReportText(isColored: Terminal.isColored)
                converger.onOutcome = { outcome in
                    if let line = text.text(of: outcome) { Terminal.print(line) }
                }
            }
            guard format == .text else { return try converger.converge() }
            return try Terminal.withStatusLine { line in
                if let line { converger.onProgress = { line.show($0) } }
                return try converger.converge()
            }
        }
    }

    private func finish(_ report: Report) throws {
        switch format {
        case .text: Terminal.print(ReportText(isColored: Terminal.isColored).summary(of: report))
        case .json: Terminal.printJSON(report.datum.json)
        }
        if let signal = Interrupts.signal, report.isInterrupted {
            Terminal.report(
                "interrupted by \(Interrupts.name(of: signal)): what was not begun is left for the next run")
            throw ExitCode(128 + signal)
        }
        if detailedExitCode, report.detailedExitCode != 0 { throw ExitCode(report.detailedExitCode) }
        if report.hasFailures { throw ExitCode(4) }
    }
}
