import ArgumentParser
import Engine
import Model
import OperatorFiles
import SystemCalls

/// How results are printed.
enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

/// Which root is managed, and with whose identity secrets are read.
struct HostOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The root that is managed.", valueName: "dir"), transform: HostRoot.path)
    var root = "/"

    @Option(help: ArgumentHelp("The age identity for secrets; /etc/lodestar/identity by default.", valueName: "file"))
    var identity: String?
}

/// The site that a command reads.
struct SiteArgument: ParsableArguments {
    @Argument(
        help: "The directory of the site, a commit of a repository as DIR#REF or DIR#REF:FOLDER, or a bundle.",
        completion: .directory)
    var site = "."

    var source: SiteSource { SiteSource(parsing: site) }

    /// The directory, for a command that writes there.
    func directory() throws -> String {
        if let directory = source.workingDirectory { return directory }
        Terminal.report(
            "\(site): error: expected the directory of a site, found a commit or a bundle, in which nothing can be written"
        )
        throw ExitCode(64)
    }
}

/// Facts from a file instead of this host.
struct FactsOption: ParsableArguments {
    @Option(help: ArgumentHelp("Facts of another host, as JSON or YAML.", valueName: "file"))
    var facts: String?

    @Option(help: ArgumentHelp("A host of the inventory, by its id.", valueName: "id"))
    var host: String?
}

/// How much of the host is looked at.
struct ObservationOptions: ParsableArguments {
    @Flag(help: "Observes everything, also what nobody touched since it was found in place.")
    var verify = false
}

/// Which resources are planned.
struct SelectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only this address, type or tag, with what it requires.", valueName: "word"))
    var only: [String] = []

    @Option(help: ArgumentHelp("Not this address, type or tag.", valueName: "word"))
    var skip: [String] = []

    @Flag(help: "Gives the number of an account that was removed to another one.")
    var allowReuse = false

    var value: Selection { Selection(only: only, skipped: skip, allowsReuse: allowReuse) }
}
