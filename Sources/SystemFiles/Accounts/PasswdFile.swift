public import Model

/// /etc/passwd (passwd(5)).
public struct PasswdFile: HostDocument {
    /// One line of the file.
    struct Row: Sendable, Hashable {
        var name: String
        /// `x` where the hash stands in shadow(5).
        var password: String
        var uid: UInt32
        var gid: UInt32
        var comment: String
        var home: String
        var shell: String
    }

    private var lines: RecordLines
    var uids = NameIndex()
    /// The accounts by the number of their primary group.
    private(set) var primaryGroups = NameIndex()

    public init(parsing bytes: [UInt8]) {
        lines = RecordLines(parsing: bytes) {
            $0.count >= 4 && $0[2].accountNumber != nil && $0[3].accountNumber != nil
        }
        for position in lines.allPositions {
            guard let row = row(at: position) else { continue }
            uids.insert(row.name, for: row.uid)
            primaryGroups.insert(row.name, for: row.gid)
        }
    }

    public var bytes: [UInt8] { lines.bytes }
    var isChanged: Bool { lines.isChanged }

    /// All accounts in the order of the file.
    var rows: [Row] { lines.allPositions.compactMap { row(at: $0) } }

    func hasLine(_ name: String) -> Bool { lines.hasLine(name) }

    /// The number of the line that lookups find.
    func line(of name: String) -> Int? { lines.position(of: name).map { $0 + 1 } }

    subscript(name: String) -> Row? { lines.position(of: name).flatMap { row(at: $0) } }

    private func row(at position: Int) -> Row? {
        let fields = lines.fields(at: position)
        guard fields.count >= 4, let uid = fields[2].accountNumber, let gid = fields[3].accountNumber else {
            return nil
        }
        return Row(
            name: fields[0].text, password: fields[1].text, uid: uid, gid: gid,
            comment: fields.count > 4 ? fields[4].text : "", home: fields.count > 5 ? fields[5].text : "",
            shell: fields.dropFirst(Self.shellIndex).map(\.text).joined(separator: ":"))
    }

    /// The last field; further colons belong to it (getpwnam(3)).
    private static let shellIndex = 6

    mutating func add(_ row: Row) {
        lines.append([
            row.name, row.password, String(row.uid), String(row.gid), row.comment, row.home, row.shell,
        ])
        uids.insert(row.name, for: row.uid)
        primaryGroups.insert(row.name, for: row.gid)
    }

    /// Writes the fields in which `row` differs from the line of its name.
    mutating func update(_ row: Row) {
        guard let position = lines.position(of: row.name), let old = self.row(at: position) else { return }
        var changes: [(index: Int, text: String)] = []
        if row.password != old.password { changes.append((1, row.password)) }
        if row.uid != old.uid {
            changes.append((2, String(row.uid)))
            uids.remove(row.name, for: old.uid)
            uids.insert(row.name, for: row.uid)
        }
        if row.gid != old.gid {
            changes.append((3, String(row.gid)))
            primaryGroups.remove(row.name, for: old.gid)
            primaryGroups.insert(row.name, for: row.gid)
        }
        if row.comment != old.comment { changes.append((4, row.comment)) }
        if row.home != old.home { changes.append((5, row.home)) }
        if row.shell != old.shell { changes.append((6, row.shell)) }
        if !changes.isEmpty { lines.setFields(changes, at: position, last: Self.shellIndex) }
    }

    mutating func remove(_ name: String) {
        for row in lines.allPositions(of: name).compactMap({ row(at: $0) }) {
            uids.remove(name, for: row.uid)
            primaryGroups.remove(name, for: row.gid)
        }
        lines.removeAll(named: name)
    }
}
