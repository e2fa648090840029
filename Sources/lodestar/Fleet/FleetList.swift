import ArgumentParser
import Compiler
import Model

/// `lodestar fleet list`: the hosts of the inventory with their labels.
struct FleetList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the hosts of the inventory with their labels.",
        discussion: """
            Example: lodestar fleet list Examples/fleet --where 'labels.role == "web"'
            """)

    @OptionGroup var site: SiteArgument
    @OptionGroup var choice: HostChoiceOption
    @OptionGroup var trust: TrustOptions

    @Option(help: "text or json.")
    var format = Format.text

    private struct Line: Sendable {
        var name: String
        var ip: String?
        var labels: [Datum.Member]
        var hasFacts: Bool
    }

    func run() throws {
        let condition = try choice.parsed()
        let site = try Session(site.source, identity: nil, trust: trust).site.value
        let (hosts, unknownCount) = try FleetWork.hosts(of: site, where: condition) { host in
            Line(
                name: host.identity.name, ip: host.identity.ip,
                labels: host.labels, hasFacts: host.areFactsKnown)
        }
        if format == .json {
            let list = hosts.map { host -> Datum in
                [
                    "id": .string(host.id), "name": .string(host.value.name),
                    "ip": host.value.ip.map { .string($0) } ?? .null, "labels": .map(host.value.labels),
                    "facts": .bool(host.value.hasFacts),
                ]
            }
            return Terminal.printJSON(Datum.list(list).json)
        }
        let ids = hosts.map(\.id.printable), names = hosts.map(\.value.name.printable)
        let widths = (ids.map(\.utf8.count).max() ?? 0, names.map(\.utf8.count).max() ?? 0)
        for (index, host) in hosts.enumerated() {
            let labels = host.value.labels.map { "\($0.key)=\($0.value.labelText)".printable }.joined(separator: " ")
            Terminal.print(
                "\(ids[index].padded(to: widths.0))  \(names[index].padded(to: widths.1))  \(labels)"
                    + (host.value.hasFacts ? "" : "  (no facts)"))
        }
        let unknown = unknownCount > 0 ? "; of \(unknownCount) nobody can tell, since their facts are not known" : ""
        Terminal.print("\(hosts.count) of \(site.hostIdentifiers.count.counted("host"))\(unknown)")
    }
}

extension Datum {
    /// A text as it is, everything else as JSON.
    var labelText: String { if case .string(let text) = self { text } else { json } }
}
