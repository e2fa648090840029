import ArgumentParser

/// `lodestar install`: what an installation of a machine needs.
struct InstallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Makes and checks the tokens that let an installation wipe disks.",
        subcommands: [InstallTokenCommand.self, InstallVerify.self])
}
