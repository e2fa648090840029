import ArgumentParser
import LinuxHostinfo

/// `lodestar hostinfo explain sn|ip`: how it was found.
struct HostinfoExplain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Says how the serial number or the address was found.",
        discussion: "Example: lodestar hostinfo explain sn")

    @Argument(help: "sn or ip.")
    var subject: HostinfoVerbs.Subject

    @OptionGroup var sources: SourceOptions

    func run() throws { try sources.verbs.explanation(of: subject).finish() }
}
