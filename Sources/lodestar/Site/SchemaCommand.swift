import Agent
import ArgumentParser
import Compiler
import Hostinfo
import Model
import Resources

/// `lodestar schema [hostinfo|facts|report]`: JSON Schema of manifests, for editors, or of what other commands print.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints the JSON Schema of manifests, for editors.",
        discussion: "Example: lodestar schema > .vscode/lodestar.json")

    @Argument(
        help:
            "Instead of manifests what `lodestar hostinfo` or `lodestar facts` prints as JSON, or what the agent reports."
    )
    var output: SchemaName?

    func run() { Terminal.printJSON(output?.text ?? ManifestSchema(Registry.all).datum.json) }
}

enum SchemaName: String, ExpressibleByArgument, CaseIterable {
    case hostinfo, facts, report

    var text: String {
        switch self {
        case .hostinfo: PublishedSchema.hostinfo.text
        case .facts: PublishedSchema.facts.text
        case .report: AgentSettings.reportSchema
        }
    }
}
