public import Model

/// The lists of members in the last field of the lines of group(5) and gshadow(5), written back when asked for.
struct MemberLists: Sendable {
    var lines: RecordLines
    private var lists: [Int: [String]] = [:]
    private var groups: [String: [String]] = [:]
    private var edited: Set<Int> = []

    init(parsing bytes: [UInt8]) {
        lines = RecordLines(parsing: bytes)
        for position in lines.allPositions {
            let fields = lines.fields(at: position)
            guard fields.count == 4, lines.position(of: fields[0].text) == position else { continue }
            let members = fields[3].split(separator: UInt8(ascii: ",")).map(\.text)
            if !members.isEmpty { lists[position] = members }
            for member in members { groups[member, default: []].append(fields[0].text) }
        }
    }

    var isChanged: Bool { lines.isChanged || !edited.isEmpty }

    var bytes: [UInt8] {
        var lines = lines
        for position in edited where !lines.fields(at: position).isEmpty {
            lines.setFields([(3, (lists[position] ?? []).joined(separator: ","))], at: position)
        }
        return lines.bytes
    }

    /// The groups that list an account.
    func groups(of member: String) -> [String] { groups[member] ?? [] }

    func members(of group: String) -> [String] { lines.position(of: group).flatMap { lists[$0] } ?? [] }

    mutating func add(_ member: String, to group: String) {
        guard let position = lines.position(of: group), groups[member]?.contains(group) != true else { return }
        lists[position, default: []].append(member)
        groups[member, default: []].append(group)
        edited.insert(position)
    }

    mutating func remove(_ member: String, from group: String) {
        guard let position = lines.position(of: group), groups[member]?.contains(group) == true else { return }
        lists[position]?.removeAll { $0 == member }
        groups[member]?.removeAll { $0 == group }
        edited.insert(position)
    }

    mutating func removeGroup(_ group: String) {
        for member in members(of: group) { groups[member]?.removeAll { $0 == group } }
        if let position = lines.position(of: group) {
            lists[position] = nil
            edited.remove(position)
        }
        lines.removeAll(named: group)
    }
}

/// /etc/group (group(5)).
public struct GroupFile: HostDocument {
    var members: MemberLists
    private(set) var gids = NameIndex()

    public init(parsing bytes: [UInt8]) {
        members = MemberLists(parsing: bytes)
        for position in members.lines.allPositions {
            if let (name, gid) = identity(at: position) { gids.insert(name, for: gid) }
        }
    }

    public var bytes: [UInt8] { members.bytes }
    var isChanged: Bool { members.isChanged }

    /// All groups in the order of the file.
    var names: [String] { members.lines.allPositions.compactMap { identity(at: $0)?.name } }

    func hasLine(_ name: String) -> Bool { members.lines.position(of: name) != nil }

    func gid(of name: String) -> UInt32? { members.lines.position(of: name).flatMap { identity(at: $0)?.gid } }

    private func identity(at position: Int) -> (name: String, gid: UInt32)? {
        let fields = members.lines.fields(at: position)
        guard fields.count == 4, let gid = UInt32(fields[2].text) else { return nil }
        return (fields[0].text, gid)
    }

    mutating func add(_ name: String, gid: UInt32) {
        members.lines.append([name, "x", String(gid), ""])
        gids.insert(name, for: gid)
    }

    mutating func setNumber(of name: String, to gid: UInt32) {
        guard let position = members.lines.position(of: name), let old = identity(at: position)?.gid else { return }
        members.lines.setFields([(2, String(gid))], at: position)
        gids.remove(name, for: old)
        gids.insert(name, for: gid)
    }

    mutating func remove(_ name: String) {
        if let gid = gid(of: name) { gids.remove(name, for: gid) }
        members.removeGroup(name)
    }
}

/// /etc/gshadow (gshadow(5)).
public struct GshadowFile: HostDocument {
    var members: MemberLists

    public init(parsing bytes: [UInt8]) {
        members = MemberLists(parsing: bytes)
    }

    public var bytes: [UInt8] { members.bytes }
    var isChanged: Bool { members.isChanged }

    /// Adds the line that groupadd(8) writes, where there is none.
    mutating func add(_ name: String) {
        if members.lines.position(of: name) == nil { members.lines.append([name, "!", "", ""]) }
    }
}
