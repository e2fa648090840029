public import Model

/// A crontab, of a user or below /etc/cron.d: managed entries are marked by a comment line above them, everything
/// else is kept as it is.
public struct Crontab: EditableDocument {
    /// An entry of ours: its marker, the variables that stand between the two, and its line.
    struct Entry: Sendable {
        var marker: FileLine
        var name: String
        var variables: [FileLine] = []
        var line: FileLine
    }

    private enum Item: Sendable {
        case other(FileLine)
        case entry(Entry)
        case removed

        /// How many bytes its lines have, each with its newline.
        var byteCount: Int {
            switch self {
            case .removed: 0
            case .other(let line): line.byteCount + 1
            case .entry(let entry):
                entry.variables.reduce(entry.marker.byteCount + entry.line.byteCount + 2) { $0 + $1.byteCount + 1 }
            }
        }
    }

    private var items: [Item] = []
    /// Kept with each change, since it is asked after each: many entries in one crontab would be counted again and again.
    private var itemByteCount = 0
    /// The positions of the marked entries by their names; one name can stand there twice.
    private var entries: [String: [Int]] = [:]
    /// The position of each unmarked line by its text.
    private var unmarked: [String: Int] = [:]
    private var endsWithNewline = true

    static let marker = "# lodestar: "

    public init(parsing bytes: [UInt8]) {
        let lines: [FileLine]
        (lines, endsWithNewline) = FileLine.lines(of: bytes)
        var position = 0
        while position < lines.count {
            if let entry = Self.entry(at: position, of: lines) {
                append(.entry(entry))
                position += 2 + entry.variables.count
            } else {
                append(.other(lines[position]))
                position += 1
            }
        }
    }

    private static func entry(at position: Int, of lines: [FileLine]) -> Entry? {
        guard let name = name(in: lines[position]) else { return nil }
        let variables = Array(lines[(position + 1)...].prefix { $0.isAssignment })
        let end = position + 1 + variables.count
        guard end < lines.count, lines[end].text.utf8.first != UInt8(ascii: "#") else { return nil }
        return Entry(marker: lines[position], name: name, variables: variables, line: lines[end])
    }

    /// The name in a marker; nil for other lines, and for a marker that Lodestar did not write.
    private static func name(in line: FileLine) -> String? {
        let text = line.bodyText
        guard text.utf8.starts(with: marker.utf8), line.body.elementsEqual(text.utf8) else { return nil }
        return String(text.utf8.dropFirst(marker.utf8.count))
    }

    private mutating func append(_ item: Item) {
        switch item {
        case .entry(let entry): entries[entry.name, default: []].append(items.count)
        case .other(let line): unmarked[line.text] = items.count
        case .removed: break
        }
        items.append(item)
        itemByteCount += item.byteCount
    }

    private mutating func put(_ item: Item, at position: Int) {
        itemByteCount += item.byteCount - items[position].byteCount
        items[position] = item
    }

    public var byteCount: Int { itemByteCount - (endsWithNewline || itemByteCount == 0 ? 0 : 1) }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for item in items {
            switch item {
            case .removed: continue
            case .other(let line): line.write(to: &bytes)
            case .entry(let entry):
                for line in [entry.marker] + entry.variables + [entry.line] { line.write(to: &bytes) }
            }
        }
        if !endsWithNewline, !bytes.isEmpty { bytes.removeLast() }
        return bytes
    }

    private func entry(named name: String) -> Entry? {
        guard let position = entries[name]?.first, case .entry(let entry) = items[position] else { return nil }
        return entry
    }

    /// The marked entry's line; nil when there is none.
    public func line(named name: String) -> String? { entry(named: name)?.line.text }

    /// The variables between the marker of an entry and its line, as they stand there.
    public func variables(named name: String) -> [String] { entry(named: name)?.variables.map(\.text) ?? [] }

    /// How many entries are marked with a name.
    public func count(named name: String) -> Int { entries[name]?.count ?? 0 }

    /// Whether there is anything but one entry, comments and blank lines.
    public func hasOthers(than name: String) -> Bool {
        items.contains { item in
            switch item {
            case .removed: false
            case .entry(let entry): entry.name != name
            case .other(let line): !line.isBlankOrComment
            }
        }
    }

    /// Whether nothing but blank lines is left.
    public var isEmpty: Bool {
        items.allSatisfy { item in
            switch item {
            case .removed: true
            case .other(let line): line.text.allSatisfy(\.isWhitespace)
            case .entry: false
            }
        }
    }

    /// Performs the edit; an unmarked line that is identical is adopted.
    public mutating func apply(_ edit: CrontabEdit) {
        endsWithNewline = true  // cron ignores a last line without its newline
        switch edit {
        case .set(let record):
            let entry = Entry(
                marker: FileLine(Self.marker + record.name), name: record.name,
                variables: record.variables.map { FileLine($0) }, line: FileLine(record.line))
            if let positions = entries[record.name], let first = positions.first {
                put(.entry(entry), at: first)
                for position in positions.dropFirst() { put(.removed, at: position) }
                entries[record.name] = [first]
            } else if let position = unmarked.removeValue(forKey: record.line) {
                put(.entry(entry), at: position)
                entries[record.name] = [position]
            } else {
                append(.entry(entry))
            }
        case .remove(let name):
            for position in entries.removeValue(forKey: name) ?? [] { put(.removed, at: position) }
        }
    }
}

extension FileLine {
    /// Whether cron takes it for a variable (crontab(5)): a name, perhaps in quotes, and `=`.
    fileprivate var isAssignment: Bool {
        var rest = text.utf8.drop { $0 == 0x20 || $0 == 0x09 }
        let quote = rest.first.flatMap { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") ? $0 : nil }
        if quote != nil { rest = rest.dropFirst() }
        let name = rest.prefix { $0 == 0x5F || $0.isASCIIWord }
        guard let first = name.first, !first.isASCIIDigit else { return false }
        rest = rest.dropFirst(name.count)
        if let quote {
            guard rest.first == quote else { return false }
            rest = rest.dropFirst()
        }
        return rest.first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "=")
    }
}
