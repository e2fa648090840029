import Agent
import ArgumentParser
import Model
import SystemCalls

/// `lodestar status`: how the agent is.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows how the running agent is.",
        discussion: "Example: lodestar status --format json")

    @OptionGroup var options: AgentOptions

    @Option(help: "text or json.")
    var format = Format.text

    func run() throws {
        if ThisProcess.isPrivileged, let settings = try? options.settings(),
            let pending = try PendingConfirmation(below: settings.converge.root.text)
        {
            Terminal.report("note: \(pending.text)")
        }
        CertificateEnds.report(root: "/")
        try options.printStatus(format)
    }
}
