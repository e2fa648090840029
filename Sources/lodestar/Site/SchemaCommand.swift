public import ArgumentParser
import Compiler
public import Hostinfo
import Model
import Resources

/// `lodestar schema [hostinfo|facts]`: JSON Schema of manifests, for editors, or of what other commands print.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints the JSON Schema of manifests, for editors.",
        discussion: "Example: lodestar schema > .vscode/lodestar.json")

    @Argument(help: "Instead of manifests what `lodestar hostinfo` or `lodestar facts` prints as JSON.")
    var output: PublishedSchema?

    func run() { Terminal.printJSON(output?.text ?? ManifestSchema(Registry.all).datum.json) }
}

extension PublishedSchema: ExpressibleByArgument {}
