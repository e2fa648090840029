import ArgumentParser
import LinuxHostinfo

/// `lodestar hostinfo capture --out DIR`: stores what hostinfo reads.
struct HostinfoCapture: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture", abstract: "Stores everything that hostinfo reads, for `--from`.",
        discussion: "Example: lodestar hostinfo capture --out /tmp/this-host")

    @Option(help: ArgumentHelp("The folder that is made for it.", valueName: "dir"))
    var out: String

    @Option(help: ArgumentHelp("The root of the system's files.", valueName: "dir"))
    var root = "/"

    func run() throws { try HostinfoVerbs(capture: nil, root: root).capture(in: out).finish() }
}
