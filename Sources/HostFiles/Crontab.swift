public import Model

/// A crontab, of a user or below /etc/cron.d: entries of ours are marked by a comment line above them, everything
/// else is kept as it is.
public struct Crontab: HostDocument {
    enum Item: Sendable {
        case other(String)
        case entry(name: String, line: String)
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
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        endsWithNewline = lines.isEmpty || lines.last == ""
        if lines.last == "" { lines.removeLast() }
        var position = 0
        while position < lines.count {
            let line = lines[position]
            if line.hasPrefix(Self.marker), position + 1 < lines.count, !lines[position + 1].hasPrefix("#") {
                append(.entry(name: String(line.dropFirst(Self.marker.count)), line: String(lines[position + 1])))
                position += 2
            } else {
                append(.other(String(line)))
                position += 1
            }
        }
    }

    private mutating func append(_ item: Item) {
        switch item {
        case .entry(let name, _): entries[name] = items.count
        case .other(let line): unmarked[line] = items.count
        case .removed: break
        }
        items.append(item)
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for item in items {
            switch item {
            case .removed: continue
            case .other(let line): bytes.append(contentsOf: line.utf8)
            case .entry(let name, let line):
                bytes.append(contentsOf: (Self.marker + name + "\n").utf8)
                bytes.append(contentsOf: line.utf8)
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        if !endsWithNewline, !bytes.isEmpty { bytes.removeLast() }
        return bytes
    }

    /// The marked entry's line; nil when there is none.
    public func line(named name: String) -> String? {
        guard let position = entries[name], case .entry(_, let line) = items[position] else { return nil }
        return line
    }

    /// Whether nothing but blank lines is left.
    public var isEmpty: Bool {
        items.allSatisfy { item in
            switch item {
            case .removed: true
            case .other(let line): line.allSatisfy(\.isWhitespace)
            case .entry: false
            }
        }
    }

    /// Performs the edit; an unmarked line that is identical is adopted.
    public mutating func apply(_ edit: CrontabEdit) {
        endsWithNewline = true  // cron ignores a last line without its newline
        switch edit {
        case .set(let record):
            let entry = Item.entry(name: record.name, line: record.line)
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
