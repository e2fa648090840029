/// Which devices may carry the primary address, by kind and never by name (ip-spec/1 I2).
struct DeviceEligibility {
    /// Kinds that stand on other devices.
    static let composite: Set<String> = ["bond", "team", "vlan", "bridge"]

    private let layout: NetworkLayout
    private let excluded: [String]
    /// Members of each bond, team or bridge.
    private let members: [Int: [NetworkLink]]
    private let byIndex: [Int: NetworkLink]

    init(_ layout: NetworkLayout, excluded: [String] = []) {
        self.layout = layout
        self.excluded = excluded
        members = Dictionary(grouping: layout.links.filter { $0.masterIndex != nil }) { $0.masterIndex ?? 0 }
        byIndex = Dictionary(layout.links.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Why a device is not eligible; nil when it is.
    func refusal(_ link: NetworkLink) -> String? {
        if isExcluded(link.name) { return "the interface is excluded" }
        if link.isLoopback { return "the loopback counts only as a route's preferred source" }
        if let master = link.masterIndex {
            return "the device is enslaved to \(byIndex[master]?.name ?? "another")"
        }
        if link.isHardware { return nil }
        guard let kind = link.kind else { return "the device has no hardware parent" }
        guard Self.composite.contains(kind) else { return "a device of kind \(kind) never counts" }
        return hardware(below: link).isEmpty ? "the \(kind) reaches no device with a hardware parent" : nil
    }

    func isExcluded(_ name: String) -> Bool {
        excluded.contains { pattern in
            pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : pattern == name
        }
    }

    /// The devices with a hardware parent that a device stands on, by index; itself where it has one.
    func hardware(below link: NetworkLink) -> [NetworkLink] {
        var found: [NetworkLink] = [], seen: Set<Int> = []
        var open = [link]
        while let next = open.popLast() {
            guard seen.insert(next.index).inserted else { continue }
            if next.isHardware {
                found.append(next)
            } else if let kind = next.kind, Self.composite.contains(kind) {
                open += lower(of: next, kind)
            }
        }
        return found.sorted { $0.index < $1.index }
    }

    private func lower(of link: NetworkLink, _ kind: String) -> [NetworkLink] {
        guard kind == "vlan" else { return members[link.index] ?? [] }
        if link.isLowerElsewhere { return [] }
        return link.lowerIndex.flatMap { byIndex[$0] }.map { [$0] } ?? []
    }
}
