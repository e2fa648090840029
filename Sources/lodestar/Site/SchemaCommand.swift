import ArgumentParser
import Compiler
import Model
import Resources

/// `lodestar schema`: JSON Schema of manifests, for editors.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints the JSON Schema of manifests, for editors.",
        discussion: "Example: lodestar schema > .vscode/lodestar.json")

    func run() { Terminal.print(ManifestSchema(Registry.all).datum.json) }
}
