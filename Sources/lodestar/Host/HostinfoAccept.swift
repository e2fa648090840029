import ArgumentParser
import LinuxHostinfo

/// `lodestar hostinfo accept`: takes the serial that is found now.
struct HostinfoAccept: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: "Pins the serial that is found now, and makes it the id of this host.",
        discussion: "Example: lodestar hostinfo accept")

    @Option(help: ArgumentHelp("The root of the system's files.", valueName: "dir"))
    var root = "/"

    func run() throws { try HostinfoVerbs(capture: nil, root: root).accept().finish() }
}
