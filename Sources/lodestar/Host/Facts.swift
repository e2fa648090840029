import ArgumentParser
import LinuxHost
import Model

/// `lodestar facts [KEY]`: what expressions see as `facts`.
struct Facts: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the facts of this host as JSON.", discussion: "Example: lodestar facts os.id")

    @Argument(help: "One fact, such as os.id.")
    var key: String?

    @Option(help: ArgumentHelp("The root that is managed.", valueName: "dir"))
    var root = "/"

    func run() throws {
        try Converge.guarding {
            let facts = HostFacts(root: root)
            guard let key else {
                let members = try facts.names.compactMap { name in
                    try facts.fact(name).map { Datum.Member(name, $0) }
                }
                return Terminal.print(Datum.map(members).json)
            }
            let parts = key.split(separator: ".").map(String.init)
            var value = try parts.first.flatMap { try facts.fact($0) }
            for part in parts.dropFirst() { value = value?[part] }
            guard let value else {
                Terminal.report("error: expected a fact, found `\(key)`")
                if let hint = Spelling.hint(for: parts.first ?? "", among: facts.names) {
                    Terminal.report("  hint: \(hint)")
                }
                throw ExitStatus.failure
            }
            if case .string(let text) = value { Terminal.print(text) } else { Terminal.print(value.json) }
        }
    }
}
