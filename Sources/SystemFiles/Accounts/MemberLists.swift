/// The lists of members in the last field of the lines of group(5) and gshadow(5), written back when asked for.
///
/// A group can have several lines, and an account can stand in any of them: lookups of a group find its first line,
/// those of an account's groups all lines, as in the C library.
struct MemberLists: Sendable {
    var lines: RecordLines
    private var lists: [Int: [String]] = [:]
    /// The lines that list each account.
    private var places: [String: [Int]] = [:]
    private var edited: Set<Int> = []

    init(parsing bytes: [UInt8], isReadable: ([ArraySlice<UInt8>]) -> Bool) {
        lines = RecordLines(parsing: bytes, isReadable: isReadable)
        for position in lines.allPositions {
            let fields = lines.fields(at: position)
            guard fields.count >= 4 else { continue }
            let members = Self.members(in: fields[3...])
            if !members.isEmpty { lists[position] = members }
            for member in members { places[member, default: []].append(position) }
        }
    }

    /// The names of a list: white space in front of one does not count, behind it it does
    /// (nss/nss_files/files-parse.c). What follows a further colon is part of the list.
    private static func members(in fields: ArraySlice<ArraySlice<UInt8>>) -> [String] {
        let list = Array(fields.joined(separator: [UInt8(ascii: ":")]))
        var members: [String] = [], seen: Set<String> = []
        for word in list.split(separator: UInt8(ascii: ",")) {
            let member = word.withoutLeadingBlanks.text
            if !member.isEmpty, seen.insert(member).inserted { members.append(member) }
        }
        return members
    }

    var isChanged: Bool { lines.isChanged || !edited.isEmpty }

    var bytes: [UInt8] {
        var lines = lines
        for position in edited where !lines.fields(at: position).isEmpty {
            lines.setFields([(3, (lists[position] ?? []).joined(separator: ","))], at: position, last: 3)
        }
        return lines.bytes
    }

    /// The lines that list an account, in the order of the file.
    func positions(of member: String) -> [Int] { (places[member] ?? []).sorted() }

    /// The groups that list an account.
    func groups(of member: String) -> [String] {
        var names: [String] = []
        for position in positions(of: member) {
            if let name = lines.fields(at: position).first?.text, !names.contains(name) { names.append(name) }
        }
        return names
    }

    func members(of group: String) -> [String] { lines.position(of: group).flatMap { lists[$0] } ?? [] }

    mutating func add(_ member: String, to group: String) {
        guard let position = lines.position(of: group) else { return }
        let present = places[member] ?? []
        if lines.allPositions(of: group).contains(where: { present.contains($0) }) { return }
        lists[position, default: []].append(member)
        places[member, default: []].append(position)
        edited.insert(position)
    }

    mutating func remove(_ member: String, from group: String) {
        guard let present = places[member] else { return }
        for position in lines.allPositions(of: group) where present.contains(position) {
            lists[position]?.removeAll { $0 == member }
            places[member]?.removeAll { $0 == position }
            edited.insert(position)
        }
    }

    mutating func removeGroup(_ group: String) {
        for position in lines.allPositions(of: group) {
            for member in lists[position] ?? [] { places[member]?.removeAll { $0 == position } }
            lists[position] = nil
            edited.remove(position)
        }
        lines.removeAll(named: group)
    }
}
