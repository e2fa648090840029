import HostFiles
public import Model

/// A group of the local database.
public struct Group: Resource, Removable {
    public var name = AccountName.root
    public var gid: UInt32?
    public var members: Membership<AccountName>?
    public var system: Bool?
    public var renumber: Bool?

    public init() {}

    public static let typeName = "group"
    public static let doc = "A group of the local database. One that is somebody's primary group is never removed."
    public static let fields: [Field<Group>] = [
        Field("name", always: \.name, .key, doc: "The group.", examples: ["deploy"]),
        Field("gid", \.gid, doc: "Its number; the next free one at creation.", examples: ["3000"]),
        Field(
            "members", \.members,
            doc: "Who is listed in it; accounts that have it as their primary group are not listed.",
            examples: ["{exactly: [root]}"], satisfies: { $0.isSatisfied(by: $1.elements) }),
        Field("system", \.system, .parameter, doc: "Takes a number below 1000 at creation.", examples: ["true"]),
        Field(
            "renumber", \.renumber, .parameter,
            doc: "Lets an existing group change its number; its files are re-owned.", examples: ["true"]),
    ]
    public static let examples = [
        "lodestar-law: {gid: 3999, members: {exactly: [root]}}", "lodestar-plain: {system: true}",
    ]

    var record: GroupRecord {
        GroupRecord(name: name, gid: gid, members: members, isSystem: system == true, renumbers: renumber == true)
    }

    public var objects: [HostObject] {
        var objects: [HostObject] = [.group(name)]
        if let gid { objects.append(.groupNumber(gid)) }
        if members?.isExact == true { objects.append(.members(name)) }
        return objects + (members?.elements.map { .membership(name, user: $0) } ?? [])
    }
    public var needs: [Need] { members?.elements.map { Need(.user($0), "member") } ?? [] }

    public func observe(on host: some HostReading) throws -> Group? {
        guard let entry = try AccountDatabase(reading: host).group(name) else { return nil }
        var observed = Group()
        observed.name = name
        observed.gid = entry.gid
        observed.members = .exactly(entry.members)
        return observed
    }

    public func steps(from observed: Group?) throws(Refusal) -> [Step] {
        let changes = changes(from: observed)
        if observed != nil, changes.isEmpty { return [] }
        var steps: [Step] = [.editAccounts(.setGroup(record))]
        if let old = observed?.gid, let gid, old != gid {
            guard renumber == true else {
                throw Refusal(
                    "gid would change from \(old) to \(gid)", hint: "`renumber: true` changes it and re-owns the files")
            }
            steps.append(.changeOwnership(OwnershipChange(isGroup: true, from: old, to: gid)))
        }
        return steps
    }

    public func removal(of observed: Group) throws(Refusal) -> [Step] { [.editAccounts(.removeGroup(name))] }
}

extension UInt32: FieldValue {
    public static var shape: Shape { .number }

    public init(decoding node: Node) throws(DecodingFault) {
        guard let text = node.text, let value = UInt32(text), String(value) == text, value != .max else {
            throw DecodingFault(node, expected: "a number from 0 to 4294967294")
        }
        self = value
    }

    public var rendered: Node.Content { .int(Int64(self)) }
    public var shown: ShownText { .text(String(self)) }
}
