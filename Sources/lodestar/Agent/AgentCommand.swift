import Agent
import ArgumentParser
import LinuxAgent
import LinuxHost
import Model
import State
import SystemCalls

/// Where the settings of the agent are.
struct AgentOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The settings of the agent.", valueName: "file"), completion: .file())
    var config: String?

    /// The settings; a file that is named must be there, the standard one may be missing.
    func settings() throws -> AgentSettings {
        let path = config ?? AgentSettings.path
        return try Terminal.reportingFaults {
            guard let bytes = try LocalFiles.contents(of: path, limit: 8 << 20) else {
                if config == nil { return AgentSettings() }
                Terminal.report("\(path): error: expected the settings of the agent, found none")
                throw ExitStatus.notFound
            }
            var diagnostics = Diagnostics()
            let settings = AgentSettings.read(bytes, path: path, into: &diagnostics)
            Terminal.report(diagnostics)
            if diagnostics.hasErrors { throw ExitStatus.refused }
            return settings
        }
    }

    /// Whether the file says something else than now, and can be used.
    func watch() -> @Sendable () -> Bool {
        let path = config ?? AgentSettings.path, known = try? LocalFiles.contents(of: path, limit: 8 << 20)
        return {
            guard let bytes = try? LocalFiles.contents(of: path, limit: 8 << 20), bytes != known else { return false }
            var diagnostics = Diagnostics()
            _ = AgentSettings.read(bytes, path: path, into: &diagnostics)
            Terminal.report(diagnostics)
            return !diagnostics.hasErrors && PathTrust.objection(to: path) == nil
        }
    }

    /// The settings decide what root does: only root may be able to write them, else they are refused.
    func believe() throws {
        let path = config ?? AgentSettings.path
        guard ThisProcess.isPrivileged else { return }
        let isNoFile = LocalStatus(of: path, followsLinks: false).map { $0.kind != .file } ?? false
        guard let objection = PathTrust.objection(to: path) ?? (isNoFile ? "expected a regular file" : nil) else {
            return
        }
        Terminal.report("error: cannot use \(path): \(objection)")
        throw ExitStatus.refused
    }

    /// The agent's database; nil before its first start.
    func history() throws -> AgentHistory? {
        let path = try settings().databasePath
        return try Terminal.reportingFaults {
            guard LocalFiles.exists(path) else { return nil }
            try DatabaseFiles.check(path)
            return try AgentHistory(reading: path)
        }
    }

    /// Whether an agent answers.
    func isAgentThere() throws -> Bool {
        let path = try settings().socketPath
        return (try? ControlClient.ask(.status, at: path)) != nil
    }

    /// Asks the running agent. One that is not there is exit 69, a request that is refused exit 1.
    @discardableResult
    func ask(_ request: AgentRequest) throws -> AgentAnswer {
        let settings = try settings()
        let answer: AgentAnswer
        do throws(HostFault) {
            answer = try ControlClient.ask(request, at: settings.socketPath)
        } catch {
            Terminal.report("error: \(error.text)")
            throw ThisProcess.isPrivileged ? ExitStatus.unavailable : ExitStatus.noPrivilege
        }
        guard case .refused(let reason) = answer else { return answer }
        Terminal.report("error: \(reason)")
        throw ExitStatus.failure
    }

    /// Prints how the agent is.
    func printStatus(_ format: Format) throws {
        guard case .status(let status, let text) = try ask(.status) else { throw ExitStatus.failure }
        if format == .json { Terminal.printJSON(status.json) } else { Terminal.print(text) }
    }
}

/// `lodestar agent`: the daemon.
struct AgentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Runs schedules and keeps the host converged.",
        discussion: "Example: lodestar agent --config /etc/lodestar/agent.yaml")

    @OptionGroup var options: AgentOptions

    @Flag(help: "Only reads the settings.")
    var checkConfig = false

    func run() throws {
        try options.believe()
        let settings = try options.settings()
        if checkConfig { return }
        guard ThisProcess.isPrivileged else {
            Terminal.report("error: the agent needs root's privileges")
            throw ExitStatus.noPrivilege
        }
        bringBack(below: settings.converge.root.text)
        try Terminal.reportingFaults {
            do {
                let id = try HostIdentifier(root: settings.converge.root.text).hostIdentifier()
                let context = AgentContext(
                    version: Lodestar.version, hostIdentifier: id,
                    configuration: options.config.map { LocalFiles.absolute($0) },
                    haveSettingsChanged: options.watch())
                try AgentProcess(settings, context).run()
            } catch is ProcessLock.Held {
                Terminal.report("error: expected no other agent in \(settings.state), found one")
                throw ExitStatus.locked
            }
        }
    }

    /// What nobody confirmed before a reboot comes back first; what cannot keeps no agent from its work.
    private func bringBack(below root: String) {
        guard let hostSession = try? HostSession(root: root), let lock = try? ProcessLock(root: hostSession.root) else {
            return
        }
        defer { withExtendedLifetime(lock) {} }
        if (try? hostSession.bringBackOverdue()) == true { return }
        // It is tried again beside the agent.
        try? PendingConfirmation(below: hostSession.root)?.watch(below: hostSession.root)
    }
}
