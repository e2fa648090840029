import ArgumentParser
import LinuxFacts

@main
enum Main {
    static func main() { Lodestar.main(ProgramArguments.words) }
}

struct Lodestar: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "lodestar",
        abstract: "Keeps every host on the course that one git repository declares.",
        version: version,
        groupedSubcommands: [
            CommandGroup(name: "Converging:", subcommands: [PlanCommand.self, ApplyCommand.self]),
            CommandGroup(name: "What was done:", subcommands: [History.self, Show.self, Ledger.self]),
            CommandGroup(
                name: "Writing a site:",
                subcommands: [
                    Init.self, Check.self, CatalogCommand.self, GraphCommand.self, Explain.self, Eval.self,
                    SchemaCommand.self, SecretCommand.self,
                ]),
            CommandGroup(name: "The agent:", subcommands: [AgentCommand.self, StatusCommand.self, PauseCommand.self]),
            CommandGroup(name: "Knowing a host:", subcommands: [Facts.self, HostinfoCommand.self]),
            CommandGroup(name: "Schedules:", subcommands: [ScheduleCommand.self]),
        ]
    )
}
