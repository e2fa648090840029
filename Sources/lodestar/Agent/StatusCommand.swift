import ArgumentParser

/// `lodestar status`: how the agent is.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows how the running agent is.",
        discussion: "Example: lodestar status --format json")

    @OptionGroup var options: AgentOptions

    @Option(help: "text or json.")
    var format = Format.text

    func run() throws { Terminal.print(try options.ask("status \(format.rawValue)").withoutLastNewline) }
}

extension String {
    var withoutLastNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}
