public import Model

/// A crontab, of a user or below /etc/cron.d: entries of ours are marked by a comment line above them, everything
/// else is kept as it is.
public struct Crontab: HostDocument {
    enum Item: Sendable {
        case other(FileLine)
        case entry(name: String, line: FileLine)
        case removed
    }

    private var items: [Item] = []
    /// The position of each marked entry by its name.
    private var entries: [String: Int] = [:]
    /// The position of each unmarked line by its text.
    private var unmarked: [String: Int] = [:]
    private var endsWithNewline = true

    static let marker = "# lodestar: "

    public init(parsing bytes: [UInt8]) {
        let lines: [FileLine]
        (lines, endsWithNewline) = FileLine.lines(of: bytes)
        var position = 0
        while position < lines.count {
            if let name = Self.name(in: lines[position]), position + 1 < lines.count,
                lines[position + 1].text.utf8.first != UInt8(ascii: "#")
            {
                append(.entry(name: name, line: lines[position + 1]))
                position += 2
            } else {
                append(.other(lines[position]))
                position += 1
            }
        }
    }

    /// The name that a marker says; nil for other lines, and for a marker that nobody of ours wrote.
    private static func name(in line: FileLine) -> String? {
        guard line.text.utf8.starts(with: marker.utf8) else { return nil }
        let name = String(line.text.utf8.dropFirst(marker.utf8.count)) ?? ""
        return FileLine(marker + name) == line ? name : nil
    }

    private mutating func append(_ item: Item) {
        switch item {
        case .entry(let name, _): entries[name] = items.count
        case .other(let line): unmarked[line.text] = items.count
        case .removed: break
        }
        items.append(item)
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for item in items {
            switch item {
            case .removed: continue
            case .other(let line): line.write(to: &bytes)
            case .entry(let name, let line):
                FileLine(Self.marker + name).write(to: &bytes)
                line.write(to: &bytes)
            }
        }
        if !endsWithNewline, !bytes.isEmpty { bytes.removeLast() }
        return bytes
    }

    /// The marked entry's line; nil when there is none.
    public func line(named name: String) -> String? {
        guard let position = entries[name], case .entry(_, let line) = items[position] else { return nil }
        return line.text
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
            let entry = Item.entry(name: record.name, line: FileLine(record.line))
            if let position = entries[record.name] {
                items[position] = entry
            } else if let position = unmarked.removeValue(forKey: record.line) {
                items[position] = entry
                entries[record.name] = position
            } else {
                append(entry)
            }
        case .remove(let name):
            guard let position = entries.removeValue(forKey: name) else { return }
            items[position] = .removed
        }
    }
}

extension CrontabRecord {
    /// The line as cron reads it.
    public var line: String { [schedule, user, command].compactMap { $0 }.joined(separator: " ") }
}
