import Agent
import ArgumentParser
import LinuxAgent
import Model
import OperatorFiles
import SystemCalls

/// A source somewhere else: the agent's, or one that is named.
struct FollowedSource: ParsableArguments {
    @Argument(
        help:
            "A repository somewhere else, as URL#REF or URL#REF:FOLDER, or a bundle; the agent's where nothing is said."
    )
    var site: String?

    @OptionGroup var agent: AgentOptions

    @Option(
        help: ArgumentHelp("The root that is managed; the agent's by default.", valueName: "dir"),
        transform: HostRoot.path)
    var root: String?

    /// The source, the settings of an agent that follows it, and the root.
    func found() throws -> (source: SiteSource, settings: AgentSettings.Converge?, root: String) {
        guard ThisProcess.isPrivileged else {
            Terminal.report("error: what is followed is root's to know")
            throw ExitStatus.noPrivilege
        }
        let settings = try agent.settings().converge
        let root = try HostSession(root: self.root ?? (site == nil ? settings.root.text : "/")).root
        if let site {
            let source = SiteSource(parsing: site).resolved
            guard source.isFollowed else {
                Terminal.report(
                    "\(site): error: expected URL#REF or a bundle, found a source of this host: nothing is brought here"
                )
                throw ExitCode(64)
            }
            return (source, settings.source == source ? settings : nil, root)
        }
        guard let source = settings.source, source.isFollowed else {
            let path = agent.config ?? AgentSettings.path
            Terminal.report(
                "\(path): error: expected `source` with a `url` or a `bundle`, found \(settings.source?.text ?? "none")"
            )
            throw ExitStatus.notFound
        }
        return (source, settings, root)
    }
}

extension FollowedSource {
    /// Lets a running agent converge now.
    func askAgent() {
        guard let socket = try? agent.settings().socketPath,
            (try? ControlClient.ask(.converge, at: socket)) == .done
        else { return }
        Terminal.print("the agent was asked to converge now")
    }
}

/// `lodestar source status`: how it stands with what is followed.
struct SourceStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows which commit goes on and who has signed it, and why a newer one is not taken. It asks nobody.",
        discussion: "Example: lodestar source status --format json")

    @OptionGroup var followed: FollowedSource

    @Option(help: "text or json.")
    var format = Format.text

    func run() throws {
        let (source, settings, root) = try followed.found()
        let age = settings?.trust?.longestAge?.components.seconds
        try print(SourceView.reading(source, age, settings?.breaker, below: root), format)
    }

    private func print(_ view: SourceView, _ format: Format) {
        switch format {
        case .text: Terminal.print(view.text)
        case .json: Terminal.printJSON(view.datum.json)
        }
    }
}

/// `lodestar source update`: asks now, with or without an agent.
struct SourceUpdate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract:
            "Asks the repository now. Exits 79 where its newest commit is refused, 69 where it does not answer or is stale.",
        discussion: "A running agent that follows it takes a new commit at once. Example: lodestar source update")

    @OptionGroup var followed: FollowedSource
    @OptionGroup var trust: TrustOptions

    func run() throws {
        let (source, settings, root) = try followed.found()
        var trust = trust
        if let options = settings?.trust?.options, !trust.isGiven { trust = try TrustOptions.parse(options) }
        _ = try Terminal.reportingFaults { try StateFolder.made(below: root) }
        let access = try trust.access(root: root)
        try Session.reportingFaults(of: source) { () throws(SourceFault) in try source.update(access) }
        let view = try SourceView.reading(source, access.longestAge, settings?.breaker, below: root)
        Terminal.print(view.text)
        if let current = view.status.current, view.status.answer == .taken, current.commit != view.begun?.commit,
            settings != nil
        {
            followed.askAgent()
        }
        switch view.state {
        case .unknown, .current, .pending: return
        case .refused: throw ExitStatus.untrusted
        case .unreachable, .stale: throw ExitStatus.unavailable
        }
    }
}

/// `lodestar source retry`: lets the agent try again what failed, and ask again what did not answer.
struct SourceRetry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Lets the agent apply a commit again that failed here so often that it is only reported.",
        discussion: "A new commit does the same. Example: lodestar source retry")

    @OptionGroup var followed: FollowedSource

    func run() throws {
        let (source, settings, root) = try followed.found()
        let hostSession = try HostSession(root: root)
        do {
            let lock = try hostSession.lock(for: "source retry")
            defer { withExtendedLifetime(lock) {} }
            try Terminal.reportingFaults {
                let folder = try StateFolder.made(below: root)
                var record = try SourceRecord(in: folder)
                if let failed = record.failed {
                    Terminal.print("\(failed.commit) had failed \(failed.count.counted("time")): it is tried again")
                } else {
                    Terminal.print("nothing had failed")
                }
                try record.forgetFailures()
                try SourceHistory.forgetWaits(of: source, in: folder)
            }
        }
        if settings != nil { followed.askAgent() }
    }
}

extension SourceView {
    static func reading(
        _ source: SiteSource, _ longestAge: Int64?, _ breaker: Int?, below root: String
    ) throws -> SourceView {
        try Terminal.reportingFaults {
            try SourceView(source, in: StateFolder.path(below: root), within: longestAge, breaker: breaker)
        }
    }
}
