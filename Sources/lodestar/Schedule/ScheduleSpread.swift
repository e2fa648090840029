import ArgumentParser
import LinuxHost
import Model
import Scheduling

/// `lodestar schedule spread`: where a host stands in a window.
struct ScheduleSpread: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spread", abstract: "Prints a host's offset in a window, in milliseconds.",
        discussion: "Example: lodestar schedule spread --host-id $(cat /etc/machine-id) --key logrotate --window 60s")

    @Option(name: .customLong("host-id"), help: ArgumentHelp("The host's id; this one's by default.", valueName: "id"))
    var hostIdentifier: String?

    @Option(help: ArgumentHelp("The schedule's name or spread_key.", valueName: "name"))
    var key: String

    @Option(help: ArgumentHelp("The window, such as 60s or 1d.", valueName: "duration"))
    var window: String

    func run() throws {
        guard let length = Duration(text: window), length <= .seconds(366 * 86400) else {
            throw ValidationError("--window: expected a duration up to 366d such as 60s, found `\(window)`")
        }
        let host = try Terminal.reportingFaults { try hostIdentifier ?? HostIdentifier(root: "/").hostIdentifier() }
        let (seconds, rest) = length.components
        let milliseconds = seconds * 1000 + rest / 1_000_000_000_000_000
        Terminal.print("\(Spread(hostIdentifier: host, key: key).offset(in: milliseconds))")
    }
}
