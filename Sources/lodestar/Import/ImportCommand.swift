import ArgumentParser
import Compiler
import Engine
import LinuxHost
import Model
import Resources
import SystemCalls

/// `lodestar import`: a living host as a manifest.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Writes down what a host has, as a manifest or a site.",
        discussion: """
            Importing and then planning finds everything in place. What cannot be said stands at the end, as comments and \
            on standard error. Passwords, and files that not everybody may read, are never written down; rules of sudo are.

            Example: lodestar import all --out mysite
            """)

    @Argument(help: "A type, such as user, or all.")
    var type: String

    @Option(help: ArgumentHelp("The root of the host.", valueName: "dir"), transform: HostRoot.path)
    var root = "/"

    @Option(help: ArgumentHelp("Writes a site there instead of a manifest to standard output.", valueName: "dir"))
    var out: String?

    func run() throws {
        let importable = Registry.all.compactMap { type in
            (type.swiftType as? any Importable.Type).map { (name: type.name, type: $0) }
        }
        let wanted = importable.filter { type == "all" || $0.name == type }
        guard !wanted.isEmpty else {
            Terminal.report(
                "error: expected `all` or a type that can be imported, found `\(type)`\n"
                    + "  hint: \(importable.map(\.name).joined(separator: ", "))")
            throw ExitCode(64)
        }
        let hostSession = try HostSession(root: root), host = hostSession.host
        if let out { try ImportedSite.check(out) }
        var manifest = ImportedManifest()
        try Terminal.reportingFaults {
            for item in wanted { try manifest.add(item.type, from: host) }
        }
        manifest.verify(on: host)
        if type == "all" {
            manifest.nameOwned(try Terminal.reportingFaults { try hostSession.pastState().ledger() })
        }
        let name = try Session.target(root: hostSession.root).identity.name
        if let out {
            try Terminal.reportingFaults {
                for path in try ImportedSite(manifest, name: name).write(to: out) { Terminal.print("made \(path)") }
            }
            Terminal.print("next: lodestar plan \(out)\(root == "/" ? "" : " --root \(root)")")
        } else {
            let lines = ["# What \(name) has, found by `lodestar import \(type)`."]
            let omissions = manifest.omissions.map { "# left out: \($0.printable)" }
            Terminal.print(
                (lines + [manifest.text(of: manifest.types, contentsIn: .inManifest)] + omissions)
                    .joined(separator: "\n"))
        }
        for omission in manifest.omissions { Terminal.report("note: left out: \(omission.printable)") }
    }
}
