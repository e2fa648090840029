import ArgumentParser
import Compiler
import Model

/// `lodestar check`: all diagnostics of a site, for every host of its inventory.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reports everything that is wrong with a site, for every host of its inventory.",
        discussion: "Example: lodestar check Examples/fleet")

    @OptionGroup var site: SiteArgument
    @OptionGroup var trust: TrustOptions

    @Option(help: ArgumentHelp("The age identity for secrets.", valueName: "file"))
    var identity: String?

    @Option(help: "text or json.")
    var format = Format.text

    func run() throws {
        let session = try Session(site.source, identity: identity, trust: trust)
        var all = Diagnostics()
        var identifiers = session.site.value.hostIdentifiers
        if identifiers.isEmpty { identifiers = ["any"] }
        for id in identifiers {
            let target = try session.target(ofHost: id)
            all.add(contentsOf: session.site.value.compilation(for: target, hasDigest: false).diagnostics)
        }
        all.add(contentsOf: session.site.value.remainingDiagnostics())
        let sorted = all.sorted
        if format == .json {
            Terminal.printJSON(Datum.list(sorted.map(\.datum)).json)
        } else {
            Terminal.report(all)
            let errors = sorted.count { $0.severity == .error }
            let warnings = sorted.count { $0.severity == .warning }, hosts = session.site.value.hostIdentifiers.count
            let counts = [(errors, "error"), (warnings, "warning"), (hosts, "host")].map { count, noun in
                "\(count) \(noun)\(count == 1 ? "" : "s")"
            }
            Terminal.print("\(counts[0]), \(counts[1]); \(counts[2])")
        }
        if all.hasErrors { throw ExitStatus.refused }
    }
}

extension Diagnostic {
    var datum: Datum {
        [
            "severity": .string(severity.rawValue), "place": place.map { .string($0.description) } ?? .null,
            "message": .string(message), "hint": hint.map { .string($0) } ?? .null,
            "notes": .list(notes.map { ["place": .string($0.place.description), "message": .string($0.message)] }),
        ]
    }
}
