import Engine
import Model

/// The difference of a fleet as a person reads it, on a terminal or in a pull request.
public struct DifferenceText {
    /// How many hosts of a group, and lines of a text, are shown.
    private static let shownHostCount = 6
    private static let shownLineCount = 60
    let summary: FleetSummary

    public init(_ summary: FleetSummary) {
        self.summary = summary
    }

    public var text: String {
        var lines = ["Changes from \(summary.old) to \(summary.new)".printable]
        let alerts = summary.alerts
        if !alerts.isEmpty { lines += [""] + alerts.map(\.line) }
        for fault in summary.faults {
            lines += ["", "refused on \(hosts(fault.hosts))"]
            lines += fault.diagnostic.text.textLines().map { "  \($0)" }
        }
        for group in summary.groups {
            lines += ["", title(of: group)]
            for resource in group.resources { lines += self.lines(of: resource, group) }
        }
        return (lines + ["", summary.counts]).joined(separator: "\n")
    }

    /// The same as Markdown, with each group folded.
    public var markdown: String {
        let plain = MarkupText.plainMarkdown
        var lines = ["### Changes from \(plain(summary.old)) to \(plain(summary.new))", "", summary.counts]
        let alerts = summary.alerts
        if !alerts.isEmpty { lines += [""] + alerts.map { "- **\($0.title)** \(plain($0.detail))" } }
        for fault in summary.faults {
            lines +=
                ["", "**Refused** on \(plain(hosts(fault.hosts)))", ""]
                + Self.block("text", fault.diagnostic.text.textLines().map(String.init))
        }
        for group in summary.groups {
            lines += ["", "<details><summary>\(Self.escaped(title(of: group)))</summary>", ""]
            lines += Self.block("diff", group.resources.flatMap { self.lines(of: $0, group).map { Self.marked($0) } })
            lines += ["", "</details>"]
        }
        return lines.joined(separator: "\n")
    }

    /// `12 hosts where labels.tier == "web": a, b, c`.
    private func title(of group: FleetDifference.Group) -> String {
        let selector = group.selector.map { $0 == "true" ? "" : " where \($0)" } ?? ""
        return "\(group.hosts.count.counted("host"))\(selector): \(names(group.hosts))"
    }

    private func hosts(_ positions: [Int]) -> String { "\(positions.count.counted("host")): \(names(positions))" }

    private func names(_ positions: [Int]) -> String {
        let shown = positions.prefix(Self.shownHostCount).map { summary.names[$0].printable }.joined(separator: ", ")
        return shown + (positions.count > Self.shownHostCount ? ", ..." : "")
    }

    private func lines(of resource: ResourceDifference, _ group: FleetDifference.Group) -> [String] {
        let name = "\(resource.kind.sign) \(resource.address)".printable
        let padding = String(repeating: " ", count: max(1, 46 - name.utf8.count))
        let composite = resource.composite.map { "  (part of \($0))".printable } ?? ""
        var lines = ["  \(name)\(padding)\(resource.place.printable)\(composite)"]
        if resource.kind == .leave { lines.append("      `when` is false: the object stays as it is") }
        if resource.kind == .remove {
            lines.append("      no longer declared" + (resource.bearsData ? "; it bears data" : ""))
        }
        for field in resource.fields { lines += self.lines(of: field) }
        for arrow in group.arrows where arrow.from == resource.address && arrow.isNotification {
            lines.append("      => refreshes \(arrow.to)".printable)
        }
        return lines
    }

    private func lines(of field: FieldDifference) -> [String] {
        let name = "      \(field.name)".padded(to: 19)
        switch field.value {
        case .secret: return ["\(name)(another secret)"]
        case .texts(nil, let new): return ["\(name)\((new ?? "").printable)"]
        case .texts(let old?, let new): return ["\(name)\(old.printable) -> \((new ?? "(removed)").printable)"]
        case .lines(let lines):
            let shown = lines.prefix(Self.shownLineCount).map { "        \($0.printable)" }
            let left = lines.count - shown.count
            return [name.trimmedEnd] + shown + (left > 0 ? ["        ... and \(left) more lines"] : [])
        }
    }

    private static func block(_ language: String, _ lines: [String]) -> [String] {
        // A fence is longer than any in the text.
        var fence = "```"
        while lines.contains(where: { $0.drop { $0 == " " }.hasPrefix(fence) }) { fence += "`" }
        return [fence + language] + lines + [fence]
    }

    /// Lines of a difference begin with their sign, which colours them.
    private static func marked(_ line: String) -> String {
        let rest = line.drop { $0 == " " }
        guard let sign = rest.first, sign == "+" || sign == "-" else { return line }
        return String(sign) + line.dropFirst()
    }

    private static func escaped(_ text: String) -> String { MarkupText.escaped(text) }
}

extension ResourceDifference.Kind {
    public var sign: String {
        switch self {
        case .add: "+"
        case .change: "~"
        case .remove: "-"
        case .leave: "."
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - utf8.count))
    }

    fileprivate var trimmedEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
