import ArgumentParser

@main
struct Lodestar: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "lodestar",
        abstract: "Keeps every host on the course that one git repository declares.",
        version: version,
        subcommands: [Eval.self]
    )
}
