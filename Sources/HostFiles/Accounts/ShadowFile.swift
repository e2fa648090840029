public import Model

/// /etc/shadow (shadow(5)).
public struct ShadowFile: HostDocument {
    /// One line of the file; numbers are days, nil where the field is empty.
    struct Row: Sendable, Hashable {
        var name: String
        var password: String
        var changed: Int?
        var minimumAge: Int?
        var maximumAge: Int?
        var warningAge: Int?
        /// Kept as it stands: days of grace after a password expired.
        var grace: String
        /// Days since 1970-01-01.
        var expires: Int?
        var reserved: String

        /// What useradd(8) writes for an account without a password.
        init(creating name: String, password: String = "!", today: Int) {
            self.name = name
            self.password = password
            changed = today
            minimumAge = 0
            maximumAge = 99999
            warningAge = 7
            grace = ""
            reserved = ""
        }

        fileprivate init?(fields: [ArraySlice<UInt8>]) {
            guard fields.count == 9 else { return nil }
            name = fields[0].text
            password = fields[1].text
            changed = Int(fields[2].text)
            minimumAge = Int(fields[3].text)
            maximumAge = Int(fields[4].text)
            warningAge = Int(fields[5].text)
            grace = fields[6].text
            expires = Int(fields[7].text)
            reserved = fields[8].text
        }

        fileprivate var fields: [String] {
            func text(_ number: Int?) -> String { number.map(String.init) ?? "" }
            return [
                name, password, text(changed), text(minimumAge), text(maximumAge), text(warningAge), grace,
                text(expires), reserved,
            ]
        }
    }

    private var lines: RecordLines

    public init(parsing bytes: [UInt8]) {
        lines = RecordLines(parsing: bytes)
    }

    public var bytes: [UInt8] { lines.bytes }
    var isChanged: Bool { lines.isChanged }

    func hasLine(_ name: String) -> Bool { lines.position(of: name) != nil }

    subscript(name: String) -> Row? { lines.position(of: name).flatMap { Row(fields: lines.fields(at: $0)) } }

    /// Adds the line or writes the fields in which it differs.
    mutating func set(_ row: Row) {
        guard let position = lines.position(of: row.name) else {
            lines.append(row.fields)
            return
        }
        let old = Row(fields: lines.fields(at: position))?.fields
        let changes = row.fields.enumerated().filter { old?[$0.offset] != $0.element }
        lines.setFields(changes.map { ($0.offset, $0.element) }, at: position)
    }

    mutating func remove(_ name: String) { lines.removeAll(named: name) }
}
