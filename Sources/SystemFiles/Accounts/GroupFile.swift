public import Model

/// /etc/group (group(5)).
public struct GroupFile: HostDocument {
    var members: MemberLists
    var gids = NameIndex()

    public init(parsing bytes: [UInt8]) {
        members = MemberLists(parsing: bytes) { $0.count >= 3 && $0[2].accountNumber != nil }
        for position in members.lines.allPositions {
            if let (name, gid) = identity(at: position) { gids.insert(name, for: gid) }
        }
    }

    public var bytes: [UInt8] { members.bytes }
    var isChanged: Bool { members.isChanged }

    /// All groups in the order of the file.
    var names: [String] { members.lines.allPositions.compactMap { identity(at: $0)?.name } }

    func hasLine(_ name: String) -> Bool { members.lines.hasLine(name) }

    /// The number of the line that lookups find.
    func line(of name: String) -> Int? { members.lines.position(of: name).map { $0 + 1 } }

    func gid(of name: String) -> UInt32? { members.lines.position(of: name).flatMap { identity(at: $0)?.gid } }

    /// The numbers of the groups that list an account, as initgroups(3) finds them: in every line.
    func gids(listing member: String) -> [UInt32] { members.positions(of: member).compactMap { identity(at: $0)?.gid } }

    private func identity(at position: Int) -> (name: String, gid: UInt32)? {
        let fields = members.lines.fields(at: position)
        guard fields.count >= 3, let gid = fields[2].accountNumber else { return nil }
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
        for position in members.lines.allPositions(of: name) {
            if let gid = identity(at: position)?.gid { gids.remove(name, for: gid) }
        }
        members.removeGroup(name)
    }
}

/// /etc/gshadow (gshadow(5)).
public struct GshadowFile: HostDocument {
    var members: MemberLists

    public init(parsing bytes: [UInt8]) {
        members = MemberLists(parsing: bytes) { _ in true }
    }

    public var bytes: [UInt8] { members.bytes }
    var isChanged: Bool { members.isChanged }

    /// Adds the line that groupadd(8) writes, where there is none.
    mutating func add(_ name: String) {
        if members.lines.position(of: name) == nil { members.lines.append([name, "!", "", ""]) }
    }
}
