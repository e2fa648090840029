import Agent
import ArgumentParser
import LinuxAgent
import Model
import OperatorFiles
import SystemCalls

/// A source somewhere else: the agent's, or one that is named.
struct FollowedSource: ParsableArguments {
    @Argument(help: "A repository somewhere else, as URL#REF or URL#REF:FOLDER; the agent's where nothing is said.")
    var site: String?

    @OptionGroup var agent: AgentOptions

    @Option(
        help: ArgumentHelp("The root that is managed; the agent's by default.", valueName: "dir"),
        transform: HostRoot.path)
    var root: String?

    /// The source, the options of the agent for it, and the root.
    func found() throws -> (source: CommitSource, trust: SourceTrustSettings?, root: String) {
        guard ThisProcess.isPrivileged else {
            Terminal.report("error: what is followed is root's to know")
            throw ExitStatus.noPrivilege
        }
        let settings = try agent.settings().converge
        let root = try HostSession(root: self.root ?? (site == nil ? settings.root.text : "/")).root
        if let site {
            guard case .remote(let source) = SiteSource(parsing: site) else {
                Terminal.report(
                    "\(site): error: expected URL#REF, found a source of this host: nothing is brought here")
                throw ExitCode(64)
            }
            let isAgents = settings.source == .remote(source)
            return (source, isAgents ? settings.trust : nil, root)
        }
        guard case .remote(let source)? = settings.source else {
            let path = agent.config ?? AgentSettings.path
            Terminal.report("\(path): error: expected `source` with a `url`, found \(settings.source?.text ?? "none")")
            throw ExitStatus.notFound
        }
        return (source, settings.trust, root)
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
        let (source, trust, root) = try followed.found()
        try print(SourceView.reading(source, trust?.longestAge?.components.seconds, below: root), format)
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
        if let settings, !trust.isGiven { trust = try TrustOptions.parse(settings.options) }
        _ = try Terminal.reportingFaults { try StateFolder.made(below: root) }
        let access = try trust.access(root: root)
        try Session.reportingFaults(of: .remote(source)) { () throws(SourceFault) in
            try SiteSource.remote(source).update(access)
        }
        let view = try SourceView.reading(source, access.longestAge, below: root)
        Terminal.print(view.text)
        if let taken = view.status.taken, view.status.answer == .taken, taken.commit != view.begun?.commit,
            settings != nil, let socket = try? followed.agent.settings().socketPath,
            (try? ControlClient.ask(.converge, at: socket)) == .done
        {
            Terminal.print("the agent was asked to converge now")
        }
        switch view.state {
        case .unknown, .current: return
        case .refused: throw ExitStatus.untrusted
        case .unreachable, .stale: throw ExitStatus.unavailable
        }
    }
}

extension SourceView {
    static func reading(_ source: CommitSource, _ longestAge: Int64?, below root: String) throws -> SourceView {
        try Terminal.reportingFaults {
            try SourceView(source, in: StateFolder.path(below: root), within: longestAge)
        }
    }
}
