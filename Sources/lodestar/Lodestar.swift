import ArgumentParser
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

    static let configuration = CommandConfiguration(
        commandName: "lodestar",
        abstract: "Keeps every host on the course that one git repository declares.",
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
                    AgentCommand.self, BootstrapCommand.self, StatusCommand.self, PauseCommand.self,
                ]),
            CommandGroup(
                name: "Knowing a host:",
                subcommands: [
                    Facts.self, HostinfoCommand.self, AssetCommand.self, DiskCommand.self,
                    AccessCommand.self,
                ]),
            CommandGroup(
                name: "Schedules and scripts:",
                subcommands: [ScheduleCommand.self, ScriptCommand.self, CheckRunCommand.self]),
        ]
    )
}
