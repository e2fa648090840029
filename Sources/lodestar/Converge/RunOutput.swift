import ArgumentParser
import Engine
import LinuxHost
import Model
import Resources
import State
import SystemCalls

/// What a run prints while it performs a plan, and how it ends.
struct RunOutput: ParsableArguments {
    @Option(help: "text or json.")
    var format = Format.text

    @Flag(help: "Only the counts.")
    var summary = false

    @Flag(help: "Exits 2 when something changed, 4 when something failed, 6 for both.")
    var detailedExitCode = false

    /// A run that has nothing to do leaves no trace.
    ///
    /// - Parameters:
    ///   - leavesTrace: whether even that is told to the state.
    ///   - onBegin: hears the number of the run before its first effect.
    func perform(
        _ plan: Plan, _ hostSession: HostSession, _ state: any StateStore, isExact: Bool = false,
        leavesTrace: Bool = false, onBegin: (Int) throws -> Void = { _ in }
    ) throws -> Report {
        try Terminal.reportingFaults {
            let isInLine = try !plan.isWhole || !plan.resources.isEmpty || state.ledgerDigest() == plan.catalog.digest
            if plan.isIdle, isInLine, !leavesTrace {
                return Report(run: 0, outcomes: [], inPlaceCount: plan.inPlaceCount)
            }
            // The host that is installed is not the one that installs.
            if hostSession.host.storage == nil {
                try PinnedHostID(root: hostSession.root).pin(plan.catalog.host.id)
            }
            let run = try state.begin(
                RunStart(
                    site: plan.catalog.site, revision: plan.catalog.revision, catalogDigest: plan.catalog.digest,
                    time: Int(SystemClock.seconds)))
            try onBegin(run)
            let converger = try Converger(plan, on: hostSession.host, store: state, run: run, isExact: isExact)
            converger.isInterrupted = { Interrupts.signal != nil }
            if format == .text, !summary {
                let text = ReportText(isColored: Terminal.isColored)
                var composite: Address?
                converger.onOutcome = { outcome in
                    guard let line = text.text(of: outcome, after: composite) else { return }
                    composite = outcome.partOf
                    Terminal.print(line)
                }
            }
            guard format == .text else { return try converger.converge() }
            return try Terminal.withStatusLine { line in
                if let line { converger.onProgress = { line.show($0) } }
                return try converger.converge()
            }
        }
    }

    /// Brings back what was there before each trial that failed.
    ///
    /// - Returns: the report of each.
    func rollBack(
        _ report: Report, of catalog: Catalog, _ hostSession: HostSession, _ state: StateDatabase
    ) throws -> [Report] {
        var reports: [Report] = []
        for outcome in report.outcomes where outcome.reason?.disproof != nil {
            let rollback = try Terminal.reportingFaults {
                try state.pastRuns(owing: outcome.address, through: report.run).flatMap { past in
                    Rollback(
                        outcome, in: catalog, of: past, on: hostSession.host, types: Registry.all,
                        ledger: try state.ledger())
                }
            }
            guard let rollback else { continue }
            if format == .text {
                Terminal.print("  \(outcome.address) failed: what was there before comes back")
            }
            for (address, reason) in rollback.outline.left {
                Terminal.report("warning: \(address) is left as the run made it: \(reason)".printable)
            }
            let store = rollback.store(over: state), planned = rollback.outline.catalog
            let plan = try hostSession.plan(
                planned, state: store, Selection(only: planned.declarations.map(\.address.description)))
            reports.append(try perform(plan, hostSession, store, leavesTrace: true))
        }
        return reports
    }

    /// Prints the report and ends the command.
    func finish(_ report: Report) throws {
        switch format {
        case .text:
            for line in report.access?.lines ?? [] { Terminal.print(line) }
            for report in [report] + report.rollbacks {
                Terminal.print(ReportText(isColored: Terminal.isColored).summary(of: report))
            }
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
