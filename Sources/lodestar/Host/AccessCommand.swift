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
            when the site has been applied. With --fleet: for each host of the inventory what the site declares, on top of the \
            root that is given.

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

    @Flag(help: "For all hosts of the inventory: who gets in where by what the site declares.")
    var fleet = false

    @Option(help: "text or json.")
    var format = Format.text

    func validate() throws {
        if fleet, site == nil { throw ValidationError("expected a site with --fleet") }
        if fleet, host != nil { throw ValidationError("expected one of --fleet and --host, found both") }
        if host != nil, site == nil { throw ValidationError("expected a site with --host") }
    }

    func run() throws {
        let hostSession = try HostSession(root: options.root)
        var catalog: Catalog?
        if let site {
            let session = try Session(
                SiteSource(parsing: site), identity: options.identity, trust: trust, root: hostSession.root)
            if fleet { return try print(FleetAccess(session, on: hostSession), base: hostSession.root) }
            let target = try host.map { session.target(ofHost: $0) } ?? Session.target(root: hostSession.root)
            catalog = try session.catalog(for: target, root: hostSession.root)
        }
        var access = try hostSession.access(after: catalog)
        try checkAccount(in: access.accounts)
        access.keep(who)
        switch format {
        case .text: Terminal.print(text(of: access))
        case .json: Terminal.printJSON(access.datum.json)
        }
    }

    /// Refuses an account that is nowhere: a name that is misspelt would look like somebody who cannot get in.
    private func checkAccount(in accounts: Set<String>) throws {
        guard let who, !accounts.contains(who) else { return }
        Terminal.report("error: expected an account with --who, found `\(who)`, which is none".printable)
        Terminal.report("  hint: `lodestar access` without --who lists all who can get in")
        throw ExitStatus.notFound
    }

    private func print(_ fleet: FleetAccess, base: String) throws {
        var fleet = fleet
        try checkAccount(in: fleet.accounts)
        fleet.keep(who)
        switch format {
        case .text: Terminal.print(fleet.text(base: base))
        case .json: Terminal.printJSON(fleet.datum.json)
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

extension Access {
    /// Only what is about one account; nil keeps all.
    mutating func keep(_ account: String?) {
        guard let account else { return }
        ways.removeAll { $0.account != account }
        obstacles = obstacles.filter { $0.key == account }
    }
}

extension WayIn {
    /// What it is, with the name that a person gave it.
    var label: String { note.isEmpty ? detail : "\(detail) (\(note))" }
}
