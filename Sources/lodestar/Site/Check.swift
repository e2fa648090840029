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
        let site = session.site.value
        let identifiers = site.hostIdentifiers.isEmpty ? ["any"] : site.hostIdentifiers
        let faults = FleetFaults(of: site, identifiers: identifiers)
        // What hosts say of a fault is more than what is said where no host is meant.
        var all = Diagnostics(site.remainingDiagnostics().list.filter { !faults.holds($0) })
        all.add(contentsOf: site.leftovers())
        all.add(contentsOf: faults.ofSite)
        all.add(contentsOf: Diagnostics(Array(faults.hosts.keys)))
        let sorted = all.sorted
        // What is wrong on all hosts is wrong with the site.
        let some = faults.hosts.filter { $0.value.count < identifiers.count }
        func hosts(of diagnostic: Diagnostic) -> Datum? {
            guard let hosts = some[diagnostic] else { return nil }
            return ["count": .int(Int64(hosts.count)), "first": .list(hosts.first.map { .string(identifiers[$0]) })]
        }
        if format == .json {
            Terminal.printJSON(Datum.list(sorted.map { $0.datum(hosts: hosts(of: $0)) }).json)
        } else {
            Terminal.report(all) { diagnostic in
                guard let hosts = some[diagnostic] else { return nil }
                let names = hosts.first.map { identifiers[$0] }.joined(separator: ", ")
                let others = hosts.count > hosts.first.count ? ", ..." : ""
                return "on \(hosts.count) of \(identifiers.count) hosts: \(names)\(others)"
            }
            let errors = sorted.count { $0.severity == .error }, warnings = sorted.count { $0.severity == .warning }
            let counts = [
                errors.counted("error"),
                warnings.counted("warning") + "; " + site.hostIdentifiers.count.counted("host"),
            ]
            Terminal.print(counts.joined(separator: ", "))
        }
        if all.hasErrors { throw ExitStatus.refused }
    }
}

extension Diagnostic {
    /// - Parameter hosts: on which it was found; nil: on all of them.
    func datum(hosts: Datum?) -> Datum {
        var members: [Datum.Member] = [
            .init("severity", .string(severity.rawValue)),
            .init("place", place.map { .string($0.description) } ?? .null),
            .init("message", .string(message)), .init("hint", hint.map { .string($0) } ?? .null),
            .init(
                "notes", .list(notes.map { ["place": .string($0.place.description), "message": .string($0.message)] })),
        ]
        if let hosts { members.append(.init("hosts", hosts)) }
        return .map(members)
    }
}
