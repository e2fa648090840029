public import Agent
public import ArgumentParser
import Model
import OperatorFiles
import SystemCalls

/// `lodestar bootstrap`: makes a root one that follows a source, and converges it once.
struct BootstrapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bootstrap",
        abstract: "Makes a host follow a source: program, agent, settings, keys; then one converge.",
        discussion:
            "It is an apply of std/agent: planned, idempotent, undone like any run. Example: lodestar bootstrap --source https://git.example.org/ops/site.git#main --signers allowed_signers"
    )

    @Option(help: ArgumentHelp("What to follow: a directory, DIR#REF, URL#REF:FOLDER or a bundle.", valueName: "site"))
    var source: String?

    @Flag(help: "Takes it from the kernel's command line or /etc/lodestar/bootstrap.yaml, and waits for the network.")
    var fromBoot = false

    @OptionGroup var trust: TrustOptions

    @Option(help: "What the agent does about differences: apply or report.")
    var mode = AgentSettings.Mode.apply

    @Option(help: ArgumentHelp("The root that is managed.", valueName: "dir"), transform: HostRoot.path)
    var root = "/"

    @Option(
        help: ArgumentHelp(
            "Goes first where the source does not answer: a bundle or another site of this host. The agent catches up.",
            valueName: "site"))
    var seed: String?

    @Flag(help: "Only shows what it would do.")
    var plan = false

    func validate() throws {
        if fromBoot == (source != nil) { throw ValidationError("expected one of --source and --from-boot") }
        if fromBoot, plan || root != "/" || trust.isGiven || seed != nil {
            throw ValidationError("expected --from-boot without --plan, --root, --seed and options of trust")
        }
    }

    func run() throws {
        guard ThisProcess.isPrivileged else {
            Terminal.report("error: bootstrap needs root's privileges")
            throw ExitStatus.noPrivilege
        }
        if fromBoot { return try FirstBoot().run() }
        let converge = try settings()
        // What converges runs in another directory than this one.
        let root = LocalFiles.absolute(root)
        let site = try BootstrapSite(converge, root: root)
        if plan { return try site.plan() }
        try site.apply()
        let status = try BootstrapConverge(converge, root: root).run()
        if let seed, converge.isUnavailable(status), try Seed(seed, before: converge).apply(below: root) {
            return Terminal.report("note: the source did not answer: the agent catches up when it does")
        }
        if status != 0 { throw ExitCode(status) }
    }

    /// What the agent is to be told.
    private func settings() throws -> AgentSettings.Converge {
        var converge = AgentSettings.Converge()
        let given = SiteSource(parsing: source ?? "").resolved
        if let problem = given.problemToFollow {
            try Session.reportingFaults(of: given) { () throws(SourceFault) in
                throw SourceFault(.usage, problem.reason, hint: problem.hint)
            }
        }
        converge.source = given
        converge.mode = mode
        func path(_ text: String?) -> AbsolutePath? { text.flatMap { AbsolutePath(LocalFiles.absolute($0)) } }
        if given.isFollowed {
            var settings = SourceTrustSettings()
            guard trust.isGiven else {
                Terminal.report(
                    "\(given.shown): error: expected --signers or --key for a site from elsewhere or a bundle, found neither"
                )
                Terminal.report("  hint: --trust none follows whoever can write there")
                throw ExitStatus.untrusted
            }
            (settings.signers, settings.revoked, settings.authority) = (
                path(trust.signers), path(trust.revoked), path(trust.ca)
            )
            settings.keys = trust.keys
            settings.isWaived = trust.trust != nil
            settings.longestAge = trust.expiresAfter.flatMap { Duration(text: $0) }
            converge.trust = settings
        } else if LocalStatus(of: given.workingDirectory ?? "/")?.kind != .directory {
            Terminal.report("\(given.text): error: expected the directory of a site, found none")
            throw ExitStatus.notFound
        }
        return converge
    }
}

extension AgentSettings.Converge {
    /// Whether a converge that ended so had no source: a repository that does not answer, or a bundle that is not there yet.
    func isUnavailable(_ status: Int32) -> Bool {
        if case .bundle(let bundle)? = source, status == ExitStatus.notFound.rawValue {
            return !LocalFiles.exists(bundle.path)
        }
        return status == ExitStatus.unavailable.rawValue
    }
}

extension AgentSettings.Mode: ExpressibleByArgument {}

/// The converge that follows: `lodestar apply` or `plan` of the source, as the agent calls it.
struct BootstrapConverge {
    let converge: AgentSettings.Converge
    let root: String

    private static let timeout: Int64 = 3_600_000
    /// The agent that was just started may converge at the same time; attempts, one a second.
    private static let patience = 900

    init(_ converge: AgentSettings.Converge, root: String) { (self.converge, self.root) = (converge, root) }

    /// - Returns: the exit status of the command.
    func run() throws -> Int32 {
        guard let words = converge.command(converge.mode, root: root) else { return 0 }
        for _ in 0..<Self.patience {
            let status = try Terminal.reportingFaults { try Self.run([ThisProcess.programPath] + words) }
            if status != ExitStatus.locked.rawValue || Interrupts.signal != nil { return status }
            SystemClock.sleep(milliseconds: 1000)
        }
        return ExitStatus.locked.rawValue
    }

    private static func run(_ words: [String]) throws -> Int32 {
        var run = ChildRun(words, environment: SearchPath.ownEnvironment, timeout: timeout)
        run.directory = "/"
        let result = try run.ended()
        let text = result.output.trimmed
        if !text.isEmpty { Terminal.print(text) }
        return result.hasTimedOut ? ExitStatus.failure.rawValue : result.exitStatus
    }
}
