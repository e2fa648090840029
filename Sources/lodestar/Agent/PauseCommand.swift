import Agent
import ArgumentParser
import Model

/// `lodestar pause`: no converge for a time; schedules go on unless they are paused too.
struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pauses the converge loop of the agent, and on demand its schedules.",
        discussion: "Example: lodestar pause --for 2h --reason 'moving the database'")

    @OptionGroup var options: AgentOptions

    @Option(name: .customLong("for"), help: ArgumentHelp("How long, such as 2h.", valueName: "duration"))
    var length: String?

    @Option(help: "Why, for whoever looks at the status.")
    var reason: String?

    @Flag(help: "No schedule runs either; what falls into the pause counts as missed.")
    var schedules = false

    @Flag(help: "Ends the pause.")
    var resume = false

    func validate() throws {
        if resume { return }
        guard let length, let duration = Duration(text: length),
            AgentRequest.pauseLengths.contains(duration.wholeMilliseconds)
        else {
            throw ValidationError("expected --for with a duration such as 2h, at most 366 days, or --resume")
        }
        guard let reason, !reason.isEmpty, !reason.hasLineBreak else {
            throw ValidationError("expected --reason with a line of text")
        }
    }

    func run() throws {
        if resume {
            try options.ask(.resume)
        } else if let length, let duration = Duration(text: length), let reason {
            try options.ask(
                .pause(length: duration.wholeMilliseconds, reason: reason, coversSchedules: schedules))
        }
        try options.printStatus(.text)
    }
}
