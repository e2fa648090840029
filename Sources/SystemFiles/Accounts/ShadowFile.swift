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

        /// The line that useradd(8) writes for an account without a password: passwords of system accounts do not age.
        init(
            creating name: String, password: String = "!", today: Int, _ defaults: AccountDefaults,
            isSystem: Bool = false
        ) {
            self.name = name
            self.password = password
            changed = today
            minimumAge = isSystem ? nil : defaults.minimumAge
            maximumAge = isSystem ? nil : defaults.maximumAge
            warningAge = isSystem ? nil : defaults.warningAge
            grace = isSystem ? "" : defaults.grace
            expires = isSystem ? nil : defaults.expires
            reserved = ""
        }

        fileprivate init?(fields: [ArraySlice<UInt8>]) {
            guard fields.count >= 2 else { return nil }
            // What is missing at the end is empty (the old form of five fields, sgetspent(3)).
            func field(_ index: Int) -> String { index < fields.count ? fields[index].text : "" }
            func days(_ index: Int) -> Int? { Int(field(index)).flatMap { $0 < 0 ? nil : $0 } }
            name = fields[0].text
            password = fields[1].text
            changed = days(2)
            minimumAge = days(3)
            maximumAge = days(4)
            warningAge = days(5)
            grace = field(6)
            expires = days(7)
            reserved = field(8)
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
        lines = RecordLines(parsing: bytes) { $0.count >= 2 }
    }

    public var bytes: [UInt8] { lines.bytes }
    var isChanged: Bool { lines.isChanged }

    func hasLine(_ name: String) -> Bool { lines.hasLine(name) }

    /// The number of the line that lookups find.
    func line(of name: String) -> Int? { lines.position(of: name).map { $0 + 1 } }

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
