import ArgumentParser
import Engine
import Model
import OperatorFiles

/// `lodestar access`: who can get in.
struct AccessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access", abstract: "Lists who can log in to the host and who can become root there.",
        discussion: """
            Each way comes with the declaration or the file of the host that it comes from. With a site: as it will be \
            when the site has been applied.

            Example: lodestar access --who ana
            """)

    @Argument(help: "The directory or the commit of a site; without one, the host as it is.", completion: .directory)
    var site: String?

    @OptionGroup var options: HostOptions
    @OptionGroup var trust: TrustOptions

    @Option(help: ArgumentHelp("Only this account, also why it cannot get in.", valueName: "account"))
    var who: String?

    @Option(help: ArgumentHelp("Compiles the site for this host of the inventory.", valueName: "id"))
    var host: String?

    @Option(help: "text or json.")
    var format = Format.text

    func validate() throws {
        if host != nil, site == nil { throw ValidationError("expected a site with --host") }
    }

    func run() throws {
        let hostSession = try HostSession(root: options.root)
        var catalog: Catalog?
        if let site {
            let session = try Session(
                SiteSource(parsing: site), identity: options.identity, trust: trust, root: hostSession.root)
            let target = try host.map { session.target(ofHost: $0) } ?? Session.target(root: hostSession.root)
            catalog = try session.catalog(for: target, root: hostSession.root)
        }
        var access = try hostSession.access(after: catalog)
        if let who {
            access.ways.removeAll { $0.account != who }
            access.obstacles = access.obstacles.filter { $0.key == who }
        }
        switch format {
        case .text: Terminal.print(text(of: access))
        case .json: Terminal.printJSON(access.datum.json)
        }
    }

    private func text(of access: Access) -> String {
        var lines: [String] = []
        let details = access.ways.map(\.label), width = min(details.map(\.utf8.count).max() ?? 0, 90)
        var claim = ""
        for (way, detail) in zip(access.ways, details) {
            if way.claim != claim { lines.append(way.claim) }
            claim = way.claim
            let place = way.source.place.map { "  \($0)" } ?? ""
            let address = way.source.address.map { "  \($0)" } ?? ""
            lines.append("  \(detail.padded(to: width))  \(way.source.text)\(address)\(place)")
        }
        if let who {
            for obstacle in access.obstacles[who] ?? [] { lines.append("\(who): \(obstacle)") }
            if lines.isEmpty { lines.append("\(who) can neither log in nor become root") }
        } else if lines.isEmpty {
            lines.append("nobody can log in or become root")
        }
        return (lines + access.remarks.map { "note: \($0)" }).map(\.printable).joined(separator: "\n")
    }
}

extension WayIn {
    /// What it is, with the name that a person gave it.
    fileprivate var label: String { note.isEmpty ? detail : "\(detail) (\(note))" }
}
