import SystemFiles
public import Model

/// What /etc/hosts says of one host.
public struct HostEntry: Resource, Removable {
    public var name = DomainName.none
    public var ip: HostAddresses?
    public var aliases: [DomainName] = []

    public init() {}

    /// The lines that have to do with the host.
    public struct Observed: Sendable {
        var found: HostLines?
    }

    public static let typeName = "host_entry"
    public static let doc = """
        What /etc/hosts says of one host: a line for each of its addresses, which begins with its name. It is a whole record: \
        an alias or an address that is no longer declared goes. A name that another line gives to another address is refused.
        """
    public static let fields: [Field<HostEntry>] = [
        Field(
            "name", always: \.name, .key, doc: "The host's canonical name; case is no difference.",
            examples: ["db1.example.org"]),
        Field(
            "ip", \.ip, isRequired: true, doc: "Its address, or a list of one IPv4 and one IPv6 address.",
            examples: ["192.0.2.7", "[192.0.2.7, '2001:db8::7']"]),
        Field(
            "aliases", always: \.aliases, doc: "Its other names, in their order; none by default.",
            examples: ["[db1, db]"]),
    ]
    public static let examples = [
        "db1.example.org: {ip: 192.0.2.7, aliases: [db1]}", "web.example.org: {ip: [192.0.2.8, '2001:db8::8']}",
    ]

    static let file = AbsolutePath.root.appending("etc/hosts")

    private var record: HostRecord {
        HostRecord(name: name.text, aliases: aliases.map(\.text), addresses: ip?.addresses ?? [])
    }

    /// Besides the entry each name for each family, so that no two entries give one name to two addresses.
    public var objects: [HostObject] {
        let names = (ip?.addresses ?? []).flatMap { address in
            ([name] + aliases).map { "\($0.text) as a name for \(address.family)" }
        }
        return [.part("host", of: Self.file, name.text)] + names.map { .part("host", of: Self.file, $0) }
    }
    public var needs: [Need] { [Need(.path(Self.file), "file")] + Need.parent(of: Self.file) }

    public var problems: [Problem] {
        Set(aliases + [name]).count == aliases.count + 1
            ? [] : [Problem("aliases", "expected each name once, and not the entry's own")]
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        if let status = try host.status(of: Self.file) { try status.mustBe(.file, at: Self.file) }
        return Observed(found: try host.document(TextLines.self, at: Self.file)?.hosts(of: record))
    }

    public func isPresent(in observed: Observed) -> Bool { observed.found?.own.isEmpty == false }

    public func changes(from observed: Observed?) -> [Change] {
        guard let found = observed?.found, !(found.own.isEmpty && found.conflicts.isEmpty) else {
            return Self.propertyChanges(from: nil, to: self).filter { $0.new != .text("") }
        }
        func shown(_ texts: [String]) -> ShownText? { texts.isEmpty ? nil : .text(texts.joined(separator: ", ")) }
        var changes: [Change] = []
        if found.lines.map(\.address).sorted() != record.addresses || !found.conflicts.isEmpty {
            let others = found.conflicts.map { "\($0.address.text) in line \($0.position + 1)" }
            changes.append(Change("ip", from: shown(found.lines.map(\.address.text) + others), to: ip?.shown))
        }
        if let line = found.lines.first(where: { $0.names != record.names }) {
            changes.append(Change("aliases", from: shown(Array(line.names.dropFirst())), to: shown(record.aliases)))
        }
        return changes
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        if changes(from: observed).isEmpty { return [] }
        try observed?.found?.refuseConflict()
        return [.editFile(FileEdit(Self.file, HostsEdit(record), creation: Attributes()))]
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        [.editFile(FileEdit(Self.file, HostsEdit(record, isPresent: false)))]
    }
}
