import Model

/// A plan as a person reads it.
public struct PlanText {
    /// How much of it is wanted.
    public enum Detail: Sendable {
        case full, summary
    }

    /// How many changes of one resource are shown.
    private static let shownChangeCount = 200

    let plan: Plan
    let isColored: Bool

    public init(_ plan: Plan, isColored: Bool) {
        self.plan = plan
        self.isColored = isColored
    }

    public func text(_ detail: Detail) -> String {
        let host = plan.catalog.host
        let names = [host.id, host.ip].compactMap { $0 }.joined(separator: ", ")
        var lines = ["Plan for \(host.name) (\(names)) from \(plan.catalog.revision)"]
        let partIndices = plan.resources.indices.filter { plan.resources[$0].declaration.partOf != nil }
        let parts = Dictionary(grouping: partIndices.map { plan.resources[$0] }) { $0.declaration.partOf?.address }
        var shown = Set<Address>()
        // By index: a loop over the resources would copy each of them.
        for index in plan.resources.indices where detail == .full {
            guard let composite = plan.resources[index].declaration.partOf?.address else {
                lines.append("")
                addLines(of: plan.resources[index], to: &lines)
                continue
            }
            guard shown.insert(composite).inserted else { continue }
            var parts = parts[composite] ?? []
            // What is held for one reason says it once.
            var told = Set<Reason>()
            for index in parts.indices where parts[index].action == .hold {
                if let reason = parts[index].reason, !told.insert(reason).inserted { parts[index].reason = nil }
            }
            lines += ["", head(of: composite, parts)]
            var own: [String] = []
            for part in parts { addLines(of: part, to: &own) }
            lines += own.map { "  \($0)" }
        }
        lines.append("")
        for remark in plan.remarks where detail == .full { lines.append(remark.line) }
        if detail == .full, let access = plan.access, !access.isEmpty { lines += access.lines }
        if let refusal = plan.access?.refusal { lines.append(refusal) }
        if plan.exceedsRemovalLimit {
            lines.append(
                "refused: \(plan.removalCount) removals are more than the limit of \(plan.removalLimit) (--allow-removals)"
            )
        }
        lines.append(summary)
        return lines.joined(separator: "\n")
    }

    /// `1 to add, 1 to change, 1 to remove, 1 unknown; 412 in place`.
    public var summary: String {
        let counts = [
            (plan.count(.create), "to add"), (plan.count(.change, .replace), "to change"),
            (plan.count(.remove), "to remove"), (plan.count(.refresh), "to refresh"),
            (plan.count(.release), "released"), (plan.count(.hold), "held"), (plan.count(.unknown), "unknown"),
            (plan.count(.refuse), "refused"), (plan.count(.skip), "skipped"),
        ]
        let parts = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return (parts.isEmpty ? "nothing to do" : parts.joined(separator: ", ")) + "; \(plan.inPlaceCount) in place"
    }

    /// The line of a composite, above its parts: what is done to it where the same is done to all of them.
    private func head(of composite: Address, _ parts: [PlannedResource]) -> String {
        let actions = Set(parts.map(\.action)), action = actions.count == 1 ? actions.first ?? .change : .change
        let place = parts.lazy.filter { $0.position != nil }.first.map { self.place(of: $0) } ?? ""
        let padding = padding(after: composite.description, upTo: 46)
        let line = "  \(colored("\(action.sign) \(composite)", action))"
        return place.isEmpty ? line : line + padding + place
    }

    /// Where it is declared, and the roles that it came through.
    private func place(of resource: PlannedResource) -> String {
        if resource.position == nil { return "" }
        let roles = resource.declaration.origin
        return resource.declaration.place.description
            + (roles.isEmpty ? "" : " (role \(roles.joined(separator: " > ")))")
    }

    /// As many blanks as it takes, and at least one.
    private func padding(after text: String, upTo column: Int) -> String {
        // What is plain ASCII has a column for each byte.
        let width = text.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? text.utf8.count : text.count
        return String(repeating: " ", count: max(1, column - width))
    }

    private func addLines(of resource: PlannedResource, to lines: inout [String]) {
        let isPart = resource.declaration.partOf != nil
        let address = resource.address.description
        let cause = resource.cause.map { $0 == .new ? "" : $0.rawValue } ?? ""
        let place = isPart ? "" : place(of: resource)
        var head = "  \(colored("\(resource.action.sign) \(address)", resource.action))"
        head += padding(after: address, upTo: 46) + cause
        head += cause.isEmpty || place.isEmpty ? place : "  \(place)"
        if let reason = resource.reason { head += resource.position == nil ? "  (\(reason))" : "" }
        while head.utf8.last == UInt8(ascii: " "), head.last == " " { head.removeLast() }
        lines.append(head)
        if let note = resource.declaration.note { lines.append("      # \(note)") }
        if let reason = resource.reason, resource.position != nil { lines.append("      \(reason)") }
        if let hint = resource.hint { lines.append("      hint: \(hint)") }
        let changes = resource.action == .skip ? [] : resource.changes
        for change in changes.prefix(Self.shownChangeCount) { addLines(of: change, to: &lines) }
        if changes.count > Self.shownChangeCount {
            lines.append(
                "      ... and \(changes.count - Self.shownChangeCount) more changes (`--format json` has all)")
        }
        if let cause = resource.refreshCause { lines.append("      ↻ refreshed by \(cause)") }
        if resource.refreshCause != nil, let trial = resource.declaration.resource as? any Proving {
            lines.append("      tries \(trial.claim.printable)")
        }
        for target in resource.refreshes { lines.append("      => refreshes \(target)") }
    }

    private func addLines(of change: Change, to lines: inout [String]) {
        if case .content(let new)? = change.new, let diff = diff(from: change.old, to: new) {
            lines.append("      \(change.property)")
            for line in diff { lines.append("        \(line.printable)") }
            return
        }
        let name = change.property + padding(after: change.property, upTo: 12)
        let old = change.old.map { "\($0.line) -> " } ?? ""
        lines.append("      \(name)\(old)\(change.new?.line ?? "(removed)")")
    }

    /// Short new contents are shown whole; a secret on either side hides both.
    private func diff(from old: ShownText?, to new: Content) -> [String]? {
        switch old {
        case .content(let content)?: return UnifiedDiff.lines(from: content, to: new)
        case nil: return UnifiedDiff.added(new, limit: 20)
        case .text?, .digest?, .secret?: return nil
        }
    }

    private func colored(_ text: String, _ action: Action) -> String {
        guard isColored else { return text }
        let code =
            switch action {
            case .create: "32"
            case .change, .replace, .refresh: "33"
            case .remove, .refuse, .skip: "31"
            case .unknown, .release, .hold, .inPlace: "36"
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}

extension Remark {
    /// `note: directory:/srv/t: /srv/t/x is not declared  manifests/a.yaml:2:3`.
    public var line: String { "note: \(address): \(text.printable)  \(place)" }
}
