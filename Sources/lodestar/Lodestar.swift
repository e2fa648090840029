import ArgumentParser

@main
struct Lodestar: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lodestar",
        abstract: "Keeps every host on the course that one git repository declares.",
        version: "0.1.0"
    )
}
