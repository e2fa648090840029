import ArgumentParser
import Compiler
import Model

/// `lodestar catalog`: the compiled resources.
struct CatalogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog", abstract: "Prints the compiled resources of a host as JSON, in the order of apply.",
        discussion: "Example: lodestar catalog Examples/fleet --host web-01")

    @OptionGroup var site: SiteArgument
    @OptionGroup var trust: TrustOptions
    @OptionGroup var options: HostOptions
    @OptionGroup var facts: FactsOption

    @Option(help: "text or json.")
    var format = Format.json

    func run() throws {
        let session = try Session(site.source, identity: options.identity, trust: trust)
        let (catalog, _) = try session.compiled(for: try session.target(facts, root: options.root))
        switch format {
        case .json: Terminal.printJSON(catalog.datum.json)
        case .text:
            for declaration in catalog.declarations { Terminal.print("\(declaration.address)  \(declaration.place)") }
        }
    }
}

/// `lodestar graph`: the resources and why one waits for another.
struct GraphCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Draws the resources of a host and why one waits for another.",
        discussion: "Example: lodestar graph Examples/fleet --host web-01 --format mermaid")

    @OptionGroup var site: SiteArgument
    @OptionGroup var trust: TrustOptions
    @OptionGroup var options: HostOptions
    @OptionGroup var facts: FactsOption

    @Option(help: "text, dot or mermaid.")
    var format = Drawing.text

    func run() throws {
        let session = try Session(site.source, identity: options.identity, trust: trust)
        let (catalog, _) = try session.compiled(for: try session.target(facts, root: options.root))
        Terminal.print(GraphDrawing(catalog).drawing(GraphFormat(rawValue: format.rawValue) ?? .text))
    }

    enum Drawing: String, ExpressibleByArgument, CaseIterable {
        case text, dot, mermaid
    }
}
