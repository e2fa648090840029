import ArgumentParser

/// `lodestar status`: how the agent is.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows how the running agent is.",
        discussion: "Example: lodestar status --format json")

    @OptionGroup var options: AgentOptions

    @Option(help: "text or json.")
    var format = Format.text

    func run() throws { try options.printStatus(format) }
}
