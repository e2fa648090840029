public import ArgumentParser
public import LinuxHostinfo
import LinuxHost

/// `lodestar hostinfo`: who this host is.
struct HostinfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostinfo", abstract: "Prints the serial number and the primary address of this host.",
        discussion: """
            By sn-spec/1 and ip-spec/1, with where they come from; exit 1 with neither.
            Options: --format text|json|yaml, --from DIR (a capture), --root DIR (the root of the system's files).
            Example: lodestar hostinfo --format json
            """,
        subcommands: [HostinfoReportCommand.self, HostinfoExplain.self, HostinfoCapture.self, HostinfoAccept.self],
        defaultSubcommand: HostinfoReportCommand.self)
}

/// Where hostinfo reads.
struct SourceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A capture of a host instead of this one.", valueName: "dir"))
    var from: String?

    @Option(help: ArgumentHelp("The root of the system's files.", valueName: "dir"))
    var root = "/"

    var facts: HostFacts { from.map { HostFacts(capture: $0) } ?? HostFacts(root: root) }
    var verbs: HostinfoVerbs { HostinfoVerbs(capture: from, root: root) }
}

extension HostinfoVerbs.Outcome {
    /// Prints what there is to print; another status than 0 is thrown.
    func finish() throws {
        if !output.isEmpty { Terminal.print(output) }
        if !errors.isEmpty { Terminal.report(errors) }
        if status != 0 { throw ExitCode(status) }
    }
}

extension HostinfoVerbs.Format: ExpressibleByArgument {}
extension HostinfoVerbs.Subject: ExpressibleByArgument {}

struct HostinfoReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Prints who this host is.",
        discussion: "Example: lodestar hostinfo --format json", shouldDisplay: false)

    @OptionGroup var sources: SourceOptions

    @Option(help: "How it is printed.")
    var format = HostinfoVerbs.Format.text

    func run() throws { try sources.verbs.report(format).finish() }
}
