import ArgumentParser
import Fetching
import SystemCalls

@main
enum Main {
    static func main() { Lodestar.run() }
}

struct Lodestar: ParsableCommand {
    /// Parses the arguments, runs the command, and ends with its exit code.
    static func run() {
        ThisProcess.prepare()
        var status = ExitCode.success
        do {
            var command = try parseAsRoot(Array(ThisProcess.arguments.dropFirst()))
            try command.run()
        } catch {
            status = exitCode(for: error)
            let message = fullMessage(for: error)
            if !message.isEmpty { status == .success ? Terminal.print(message) : Terminal.report(message) }
        }
        // Output that could not be written is no success.
        if let fault = Terminal.fault {
            Terminal.report("error: \(fault)")
            if status == .success { status = ExitStatus.noOutput }
        }
        exit(withError: status)
    }

    static let version = "0.1.0"
    /// No clock that shows an earlier time is right: 2026-11-27, in seconds since 1970.
    static let made: Int64 = 1_795_737_600

    private static let abstract = "Keeps every host on the course that one git repository declares."

    /// What runs again and again is known alone where it is asked for: to know all commands takes a millisecond.
    static let configuration: CommandConfiguration =
        switch ThisProcess.arguments.dropFirst().first {
        case "plan": alone(PlanCommand.self)
        case "apply": alone(ApplyCommand.self)
        case Fetch.word: alone(FetchChildCommand.self)
        default: whole
        }

    private static func alone(_ command: any ParsableCommand.Type) -> CommandConfiguration {
        CommandConfiguration(commandName: "lodestar", abstract: abstract, version: version, subcommands: [command])
    }

    private static let whole = CommandConfiguration(
        commandName: "lodestar",
        abstract: abstract,
        version: version,
        groupedSubcommands: [
            CommandGroup(name: "Converging:", subcommands: [PlanCommand.self, ApplyCommand.self, ConfirmCommand.self]),
            CommandGroup(
                name: "What was done:", subcommands: [History.self, Show.self, Ledger.self, UndoCommand.self]),
            CommandGroup(
                name: "Writing a site:",
                subcommands: [
                    Init.self, Check.self, SourceCommand.self, BundleCommand.self, CatalogCommand.self,
                    GraphCommand.self, Explain.self,
                    Eval.self,
                    SchemaCommand.self, SecretCommand.self, SSHCommand.self, ImportCommand.self,
                ]),
            CommandGroup(name: "The fleet:", subcommands: [FleetCommand.self]),
            CommandGroup(
                name: "The agent:",
                subcommands: [
                    AgentCommand.self, BootstrapCommand.self, StatusCommand.self, PauseCommand.self, ReportCommand.self,
                ]),
            CommandGroup(
                name: "Knowing a host:",
                subcommands: [
                    Facts.self, HostinfoCommand.self, AssetCommand.self, DiskCommand.self,
                    AccessCommand.self,
                ]),
            CommandGroup(
                name: "Installing machines:",
                subcommands: [
                    ImageCommand.self, InstallCommand.self, MiniCommand.self,
                ]),
            CommandGroup(
                name: "Schedules and scripts:",
                subcommands: [ScheduleCommand.self, ScriptCommand.self, CheckRunCommand.self]),
        ]
    )
}
