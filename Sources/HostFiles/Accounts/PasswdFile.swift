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
    private(set) var uids = NameIndex()
    /// The accounts by the number of their primary group.
    private(set) var primaryGroups = NameIndex()

    public init(parsing bytes: [UInt8]) {
        lines = RecordLines(parsing: bytes)
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

    func hasLine(_ name: String) -> Bool { lines.position(of: name) != nil }

    subscript(name: String) -> Row? { lines.position(of: name).flatMap { row(at: $0) } }

    private func row(at position: Int) -> Row? {
        let fields = lines.fields(at: position)
        guard fields.count == 7, let uid = UInt32(fields[2].text), let gid = UInt32(fields[3].text) else { return nil }
        return Row(
            name: fields[0].text, password: fields[1].text, uid: uid, gid: gid, comment: fields[4].text,
            home: fields[5].text, shell: fields[6].text)
    }

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
        if !changes.isEmpty { lines.setFields(changes, at: position) }
    }

    mutating func remove(_ name: String) {
        if let row = self[name] {
            uids.remove(name, for: row.uid)
            primaryGroups.remove(name, for: row.gid)
        }
        lines.removeAll(named: name)
    }
}
