import ArgumentParser
import Compiler
import Model

/// `lodestar fleet facts KEY`: the values of one fact over the fleet, counted.
struct FleetFacts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "facts", abstract: "Counts the values of one fact over the hosts of the inventory.",
        discussion: "Example: lodestar fleet facts os.version Examples/fleet")

    @Argument(help: "One fact, such as os.id.")
    var key: String

    @OptionGroup var site: SiteArgument
    @OptionGroup var choice: HostChoiceOption
    @OptionGroup var trust: TrustOptions

    @Option(help: "text or json.")
    var format = Format.text

    private enum Found: Sendable, Hashable {
        case value(Datum)
        /// The host has facts, and not this one.
        case absent(nearest: String?)
        case unknown
    }

    func run() throws {
        let names = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let condition = try choice.parsed()
        guard !names.contains("") else {
            Terminal.report("error: expected a fact such as os.id, found `\(key.printable)`")
            throw ExitCode(64)
        }
        let site = try Session(site.source, identity: nil, trust: trust).site.value
        let (hosts, unknownCount) = try FleetWork.hosts(of: site, where: condition) { host in
            host.areFactsKnown
                ? host.fact(names).map { Found.value($0) } ?? .absent(nearest: host.nearestFact(to: names)) : .unknown
        }
        var counts: [Found: Int] = [:]
        for host in hosts { counts[host.value, default: 0] += 1 }
        var absentCount = 0, nearest: String?
        for (found, count) in counts {
            guard case .absent(let name) = found else { continue }
            absentCount += count
            nearest = [nearest, name].compactMap { $0 }.min()
        }
        let values = counts.compactMap { found, count -> (value: Datum, count: Int)? in
            if case .value(let value) = found { (value, count) } else { nil }
        }.sorted { ($1.count, $0.value.labelText) < ($0.count, $1.value.labelText) }
        if format == .json {
            let list = values.map { value -> Datum in ["value": value.value, "count": .int(Int64(value.count))] }
            let whole: Datum = [
                "key": .string(key), "hosts": .int(Int64(hosts.count)), "values": .list(list),
                "absent": .int(Int64(absentCount)),
                "unknown": .int(Int64((counts[.unknown] ?? 0) + unknownCount)),
            ]
            return Terminal.printJSON(whole.json)
        }
        var lines = values.map { (text: $0.value.labelText.printable, count: $0.count) }
        if absentCount > 0 { lines.append(("(none)", absentCount)) }
        let unknown = (counts[.unknown] ?? 0) + unknownCount
        if unknown > 0 { lines.append(("(facts not known)", unknown)) }
        draw(lines)
        Terminal.print(
            "\((hosts.count + unknownCount).counted("host")), \(values.count.counted("value")) of \(key.printable)")
        // A fact that no host has may be another one's name.
        if values.isEmpty, absentCount > 0 {
            Terminal.report("note: no host has the fact `\(key.printable)`" + (nearest.map { "\n  hint: \($0)" } ?? ""))
        }
    }

    /// Bars where a person looks, numbers everywhere.
    private func draw(_ lines: [(text: String, count: Int)]) {
        let most = max(1, lines.map(\.count).max() ?? 1), width = min(40, lines.map(\.text.count).max() ?? 0)
        let digits = String(most).count, columns = Terminal.outputColumns
        for line in lines {
            let count = String(repeating: " ", count: max(0, digits - String(line.count).count)) + String(line.count)
            let text = line.text + String(repeating: " ", count: max(0, width - line.text.count))
            let room = columns.map { max(0, min(50, $0 - width - digits - 6)) } ?? 0
            // At least an eighth of a cell for each value that is there.
            let eighths = room == 0 ? 0 : max(1, line.count * room * 8 / most)
            let rest = eighths % 8 == 0 ? "" : ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
            let bar = String(repeating: "█", count: eighths / 8) + rest
            Terminal.print(bar.isEmpty ? "\(text)  \(count)" : "\(text)  \(count)  \(bar)")
        }
    }
}
