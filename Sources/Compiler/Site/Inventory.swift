import Asset
import Expressions
import Model
import YAML

/// The groups and hosts of `inventory/*.yaml`.
struct Inventory {
    struct Group {
        var name: String
        var place: Place
        var condition: SiteExpression?
        var labels: [Label]
    }

    struct Host {
        var id: String
        var place: Place
        var labels: [Label]
    }

    struct Label {
        var name: String
        var place: Place
        var value: Datum
    }

    var groups: [Group] = []
    private(set) var hosts: [Host] = []
    /// The names of all labels, of hosts and of groups.
    private(set) var labelNames: Set<String> = []
    /// What is expected of the hardware of hosts, by their ids.
    private(set) var assets: [String: AssetRules] = [:]
    /// The install profiles of hosts, by their ids.
    private(set) var profiles: [String: (name: String, place: Place)] = [:]
    /// The position of each host by its id.
    private var positions: [String: Int] = [:]

    /// The names that a group's condition may use.
    static let conditionNames: Set<String> = ["facts", "labels", "host"]

    static func read(_ files: SiteFiles, into diagnostics: inout Diagnostics) -> Inventory {
        var inventory = Inventory()
        for path in files.manifests(below: "inventory", into: &diagnostics) {
            guard let (root, source) = files.yaml(path, into: &diagnostics) else { continue }
            let keyed = NodeReader(root, allowed: ["groups", "hosts"], what: "an inventory", into: &diagnostics)
            if let node = keyed["groups"] { inventory.readGroups(node, source, into: &diagnostics) }
            if let node = keyed["hosts"] { inventory.readHosts(node, into: &diagnostics) }
        }
        for path in ((try? files.paths(below: "inventory")) ?? []) where path.hasSuffix(".jsonl") {
            inventory.readLines(path, files, into: &diagnostics)
        }
        return inventory
    }

    func host(_ id: String) -> Host? { positions[id].map { hosts[$0] } }

    private mutating func readGroups(_ node: Node, _ source: SourceText, into diagnostics: inout Diagnostics) {
        for entry in NodeReader.entries(of: node, what: "groups", into: &diagnostics) {
            if let other = groups.first(where: { $0.name == entry.key }) {
                diagnostics.add(Self.duplicate("group", entry, other.place))
                continue
            }
            let keyed = NodeReader(entry.value, allowed: ["hosts", "labels"], what: "a group", into: &diagnostics)
            var group = Group(name: entry.key, place: entry.keyPlace, labels: [])
            if let condition = keyed["hosts"] {
                var parser = PatternParser(source: source, names: Self.conditionNames)
                group.condition = parser.condition(condition)
                diagnostics.add(contentsOf: parser.diagnostics)
            } else {
                diagnostics.add(Diagnostic("expected `hosts: CONDITION` in a group, found none", at: entry.keyPlace))
            }
            group.labels = Self.labels(keyed["labels"], into: &diagnostics)
            labelNames.formUnion(group.labels.map(\.name))
            groups.append(group)
        }
    }

    static let hostKeys = ["labels", "asset", "install"]

    /// What a host may be called: it stands in files, in names of files and on terminals.
    static func refusal(ofId id: String, at place: Place) -> Diagnostic? {
        if id.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.properties.generalCategory != .control }) {
            return nil
        }
        return Diagnostic(
            "expected an id without control characters, found `\(id.printable)`", at: place,
            hint: "the id is also the name of a file, `facts/ID.json`")
    }

    mutating func add(_ host: Host) {
        positions[host.id] = hosts.count
        labelNames.formUnion(host.labels.map(\.name))
        hosts.append(host)
    }

    mutating func addAsset(_ node: Node, of id: String, into diagnostics: inout Diagnostics) {
        assets[id] = AssetRules(node, into: &diagnostics)
    }

    mutating func addProfile(_ node: Node, of id: String, into diagnostics: inout Diagnostics) {
        guard let name = node.decoded(String.self, as: "install", into: &diagnostics) else { return }
        profiles[id] = (name, node.place)
    }

    private mutating func readHosts(_ node: Node, into diagnostics: inout Diagnostics) {
        for entry in NodeReader.entries(of: node, what: "hosts", into: &diagnostics) {
            if let refusal = Self.refusal(ofId: entry.key, at: entry.keyPlace) {
                diagnostics.add(refusal)
                continue
            }
            if let other = host(entry.key) {
                diagnostics.add(Self.duplicate("host", entry, other.place))
                continue
            }
            let keyed = NodeReader(
                entry.value, allowed: Self.hostKeys, what: "a host", into: &diagnostics)
            if let node = keyed["asset"] { addAsset(node, of: entry.key, into: &diagnostics) }
            if let node = keyed["install"] { addProfile(node, of: entry.key, into: &diagnostics) }
            add(
                Host(
                    id: entry.key, place: entry.keyPlace, labels: Self.labels(keyed["labels"], into: &diagnostics)))
        }
    }

    private static func labels(_ node: Node?, into diagnostics: inout Diagnostics) -> [Label] {
        guard let node else { return [] }
        return NodeReader.entries(of: node, what: "labels", into: &diagnostics).compactMap { entry in
            let value = CoreSchema.value(of: entry.value, into: &diagnostics)
            guard let datum = try? value.datum() else { return nil }
            return Label(name: entry.key, place: entry.keyPlace, value: datum)
        }
    }

    private static func duplicate(_ what: String, _ entry: Node.Entry, _ other: Place) -> Diagnostic {
        Diagnostic(
            "expected each \(what) once, found `\(entry.key)` again", at: entry.keyPlace,
            notes: [.init("the first one", at: other)])
    }
}
