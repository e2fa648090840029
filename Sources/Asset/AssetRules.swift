public import Values

/// What the inventory expects of a machine: the key `asset` of a host.
public struct AssetRules: Sendable, Hashable {
    /// What is expected of a property, with the place of it.
    struct Expectation: Sendable, Hashable {
        let field: AssetField
        let rule: AssetRule

        func holds(for value: AssetValue) -> Bool { rule.holds(for: value, field.kind) }
    }

    /// Equal components, such as three modules of 16 GiB.
    struct Item: Sendable, Hashable {
        var expectations: [Expectation] = []
        var count = 1
        /// Whether more may be there.
        var isLeast = false

        var shown: String {
            let words = expectations.map { "\($0.field.name) \($0.rule.shown)" }.joined(separator: ", ")
            let times = count == 1 && !isLeast ? "" : "\(isLeast ? "at least " : "")\(count) x "
            return words.isEmpty ? "\(isLeast ? "at least " : "")\(count)" : times + words
        }
    }

    var system: [Expectation] = []
    var cpu: [Expectation] = []
    var total: AssetRule?
    var modules: [Item]?
    var disks: [Item]?
    var nics: [Item]?
    var firmware: [Expectation] = []

    /// Whether the entry itself tells which machine it is: a UUID is as good as a serial.
    var namesMachine: Bool { system.contains { $0.field.name == "uuid" && $0.rule.test != .ignored } }
}

extension AssetRules {
    /// The keys of an entry.
    static let keys = AssetTable.system.map(\.name) + ["cpu", "memory", "disks", "nics", "firmware"]

    /// Reads an entry; what is wrong is reported with its place.
    public init(_ node: Node, into diagnostics: inout Diagnostics) {
        let reader = NodeReader(node, allowed: Self.keys, what: "an asset", into: &diagnostics)
        system = Self.expectations(in: reader, AssetTable.system, into: &diagnostics)
        cpu = Self.component(reader["cpu"], AssetTable.cpu, "a processor", into: &diagnostics)
        firmware = Self.component(reader["firmware"], AssetTable.firmware, "the firmware", into: &diagnostics)
        if let memory = reader["memory"] { readMemory(memory, into: &diagnostics) }
        disks = reader["disks"].map { Self.items($0, AssetTable.disk, "a disk", into: &diagnostics) }
        nics = reader["nics"].map { Self.items($0, AssetTable.nic, "a network card", into: &diagnostics) }
    }

    private mutating func readMemory(_ node: Node, into diagnostics: inout Diagnostics) {
        // `{min: 64GiB}` is a rule of the total, `{total: ..., modules: ...}` is more.
        guard case .map(let entries) = node.content, !entries.contains(where: { Self.ruleKeys.contains($0.key) }) else {
            total = Self.rule(node, AssetTable.total, into: &diagnostics)
            return
        }
        let reader = NodeReader(node, allowed: ["total", "modules"], what: "the memory", into: &diagnostics)
        total = reader["total"].flatMap { Self.rule($0, AssetTable.total, into: &diagnostics) }
        modules = reader["modules"].map { Self.items($0, AssetTable.module, "a memory module", into: &diagnostics) }
    }

    private static func component(
        _ node: Node?, _ fields: [AssetField], _ what: String, into diagnostics: inout Diagnostics
    ) -> [Expectation] {
        guard let node else { return [] }
        let reader = NodeReader(node, allowed: fields.map(\.name), what: what, into: &diagnostics)
        return expectations(in: reader, fields, into: &diagnostics)
    }

    private static func expectations(
        in reader: NodeReader, _ fields: [AssetField], into diagnostics: inout Diagnostics
    ) -> [Expectation] {
        fields.compactMap { field in
            guard let node = reader[field.name], let rule = rule(node, field, into: &diagnostics) else { return nil }
            return Expectation(field: field, rule: rule)
        }
    }

    /// A list of components, or one mapping for all of them.
    private static func items(
        _ node: Node, _ fields: [AssetField], _ what: String, into diagnostics: inout Diagnostics
    ) -> [Item] {
        let nodes: [Node]
        switch node.content {
        case .list(let list): nodes = list
        case .map: nodes = [node]
        default:
            diagnostics.add(Diagnostic("expected a list of components, found \(node.found)", at: node.place))
            return []
        }
        return nodes.map { node in
            let reader = NodeReader(node, allowed: fields.map(\.name) + ["count"], what: what, into: &diagnostics)
            var item = Item(expectations: expectations(in: reader, fields, into: &diagnostics))
            if let count = reader["count"] { item.readCount(count, into: &diagnostics) }
            return item
        }
    }
}

extension AssetRules.Item {
    /// The most components of one kind.
    private static let greatestCount = 4096

    fileprivate mutating func readCount(_ node: Node, into diagnostics: inout Diagnostics) {
        var number = node
        if case .map = node.content {
            let reader = NodeReader(node, allowed: ["min"], what: "a count", into: &diagnostics)
            isLeast = true
            number = reader["min"] ?? node
        }
        guard let text = number.text, let count = Int(text), (0...Self.greatestCount).contains(count) else {
            diagnostics.add(
                Diagnostic(
                    "`count`: expected a number from 0 to \(Self.greatestCount), or {min: ...}, found \(number.found)",
                    at: number.place))
            return
        }
        self.count = count
    }
}
