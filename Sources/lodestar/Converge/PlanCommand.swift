import ArgumentParser
import Engine
import Model
import SystemCalls

/// `lodestar plan`: what apply would do. It writes nothing.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Shows what apply would do, and writes nothing.",
        discussion: "Example: lodestar plan Examples/first --root /srv/sandbox")

    @OptionGroup var site: SiteArgument
    @OptionGroup var trust: TrustOptions
    @OptionGroup var options: HostOptions
    @OptionGroup var selection: SelectionOptions

    @Option(help: "text or json.")
    var format = Format.text

    @Option(help: ArgumentHelp("Saves the plan, for `lodestar apply FILE`.", valueName: "file"))
    var out: String?

    @Flag(help: "Only the counts.")
    var summary = false

    @Flag(help: "Exits 2 with changes, 4 with refusals, 8 with unknowns, added up.")
    var detailedExitCode = false

    @Flag(help: "Shows more removals than the limit without exit 78.")
    var allowRemovals = false

    @Flag(help: "Shows a plan that locks everybody out without exit 78.")
    var allowLockout = false

    @OptionGroup var observation: ObservationOptions
    @OptionGroup var install: InstallOptions

    func run() throws {
        if let profile = install.profile { return try planInstallation(profile) }
        let hostSession = try HostSession(root: options.root)
        let session = try Session(
            site.source, identity: options.identity, trust: trust, root: hostSession.root,
            keepsBundles: trust.lastTrusted)
        CertificateEnds.report(root: hostSession.root)
        let target = try Session.target(root: hostSession.root)
        let selection = selection.value, state = try hostSession.pastState()
        let memo = selection.isWhole ? session.cache(below: hostSession.root).memo(for: target) : nil
        let plan =
            try hostSession.inPlacePlan(
                memo, state: state, revision: session.revision, isRead: observation.verify)
            ?? hostSession.plan(try session.catalog(for: target, root: hostSession.root), state: state, selection)
        try hostSession.warn(ofEmpty: plan, state)
        if ThisProcess.isPrivileged, let pending = try PendingConfirmation(below: hostSession.root) {
            Terminal.report("note: \(pending.text)")
        }
        show(plan)
        if let out {
            let saved = SavedPlan(
                plan, source: session.source, root: LocalFiles.absolute(hostSession.root), selection: selection)
            try Terminal.reportingFaults { try LocalFiles.write(Array("\(saved.datum.json)\n".utf8), to: out) }
        }
        if plan.exceedsRemovalLimit, !allowRemovals { throw ExitStatus.unsafe }
        if plan.locksOut, !allowLockout { throw ExitStatus.unsafe }
        let isToldMore = session.isRefused && plan.detailedExitCode == 2
        if detailedExitCode, plan.detailedExitCode != 0, !isToldMore { throw ExitCode(plan.detailedExitCode) }
        if session.isRefused { throw ExitStatus.untrusted }
    }

    private func show(_ plan: Plan) {
        switch format {
        case .text: Terminal.print(PlanText(plan, isColored: Terminal.isColored).text(summary ? .summary : .full))
        case .json: Terminal.printJSON(plan.datum.json)
        }
    }

    private func planInstallation(_ profile: String) throws {
        let session = try Session(site.source, identity: options.identity, trust: trust)
        let installation = try InstallSession(install, profile: profile, session, trust: trust.who)
        let plan = try installation.planInPlace(selection.value)
        show(plan)
        if detailedExitCode, plan.detailedExitCode != 0 { throw ExitCode(plan.detailedExitCode) }
    }
}
