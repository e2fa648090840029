import SystemFiles
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
            doc: "Lets an existing group change its number; its files on local file systems are re-owned.",
            examples: ["true"]),
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

    /// The group with what a changed number meets.
    public struct Observed: Sendable {
        var group: Group
        /// How many files a changed gid re-owns; nil if no gid changes or the number is not known.
        var ownedFileCount: Int?
        /// The listed words that are no account's name.
        var strangers: [String] = []
        /// Who has the declared gid, if it is another group.
        var numberHolder: AccountName?
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        let accounts = try AccountDatabase(reading: host)
        guard let entry = accounts.group(name) else { return nil }
        var group = Group()
        group.name = name
        group.gid = entry.gid
        group.members = .exactly(entry.members)
        var observed = Observed(group: group)
        observed.strangers = entry.strangers
        guard let gid, gid != entry.gid else { return observed }
        if let holder = accounts.group(number: gid)?.name, holder != name {
            observed.numberHolder = holder
        }
        if renumber == true,
            case .count(let count) = try host.answer(to: .ownedFiles(number: entry.gid, kind: .group))
        {
            observed.ownedFileCount = count
        }
        return observed
    }

    public func isPresent(in observed: Observed) -> Bool { true }

    public func changes(from observed: Observed?) -> [Change] {
        var special: [String: Change?] = [:]
        if let members, let observed {
            let present = observed.group.members?.elements ?? []
            special["members"] = .some(
                members.change("members", from: present, strangers: observed.strangers, as: \.text))
        }
        var changes = Self.propertyChanges(from: observed?.group, to: self, replacing: special)
        if let count = observed?.ownedFileCount {
            changes.append(Change("files", from: nil, to: .text("\(count) are re-owned")))
        }
        return changes
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        if observed != nil, changes(from: observed).isEmpty { return [] }
        guard let old = observed?.group.gid, let gid, old != gid else { return [.accounts(.setGroup(record))] }
        if let holder = observed?.numberHolder { throw Refusal("gid \(gid) is the number of \(holder)") }
        guard renumber == true else {
            throw Refusal(
                "gid would change from \(old) to \(gid)", hint: "`renumber: true` changes it and re-owns the files")
        }
        // Files first: where that fails, the group still says what there is to do.
        return [
            .accountFiles(.changeOwnership(OwnershipChange(kind: .group, from: old, to: gid))),
            .accounts(.setGroup(record)),
        ]
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] { [.groupRemoval(name)] }
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

extension Group: Restorable {
    public func former(_ observed: Observed?) -> Group? {
        guard var former = observed?.group else { return nil }
        former.renumber = renumber
        former.system = system
        return former
    }
}
