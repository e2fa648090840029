public import Model

/// One entry of fstab(5), with its escapes resolved.
public struct FileSystemEntry: Sendable, Hashable {
    public var device: String
    /// `none` for swap.
    public var path: String
    public var type: String
    public var options: [String]
    public var dump: Int
    public var pass: Int

    public init(device: String, path: String, type: String, options: [String], dump: Int = 0, pass: Int = 0) {
        self.device = device
        self.path = path
        self.type = type
        self.options = options
        self.dump = dump
        self.pass = pass
    }

    /// What tells an entry from the others.
    public enum Place: Sendable, Hashable {
        case mount(String)
        case swap(device: String)
    }

    public var place: Place { type == "swap" ? .swap(device: device) : .mount(path) }

    fileprivate var fields: [String] {
        [device, path, type, options.isEmpty ? "defaults" : options.joined(separator: ","), "\(dump)", "\(pass)"]
    }
}

/// The table of file systems, fstab(5). What is no entry stays, and so do the blanks between the fields of one that changes.
public struct FileSystemTable: EditableDocument {
    private var lines: [FileLine]
    private var endsWithNewline: Bool

    public init(parsing bytes: [UInt8]) {
        (lines, endsWithNewline) = FileLine.lines(of: bytes)
    }

    public var bytes: [UInt8] { FileLine.bytes(of: lines, endsWithNewline: endsWithNewline) }
    public var isEmpty: Bool { lines.isEmpty }

    /// The entries in their order.
    public var entries: [FileSystemEntry] { lines.compactMap { Fields($0)?.entry } }

    mutating func set(_ entry: FileSystemEntry) {
        guard let position = lines.lastIndex(where: { Fields($0)?.entry?.place == entry.place }) else {
            let needsReturn = lines.first?.hasCarriageReturn == true
            if !endsWithNewline, let last = lines.last, needsReturn, !last.hasCarriageReturn {
                lines[lines.count - 1] = FileLine(body: Array(last.body), hasCarriageReturn: true)
            }
            let text = entry.fields.map(OctalEscapes.escaped).joined(separator: " ")
            lines.append(FileLine(body: Array(text.utf8), hasCarriageReturn: needsReturn))
            endsWithNewline = true
            return
        }
        guard var fields = Fields(lines[position]) else { return }
        fields.become(entry)
        lines[position] = FileLine(body: fields.bytes, hasCarriageReturn: lines[position].hasCarriageReturn)
    }

    mutating func remove(_ place: FileSystemEntry.Place) {
        lines.removeAll { Fields($0)?.entry?.place == place }
    }

    /// The fields of a line, each with the blanks before it.
    private struct Fields {
        private var fields: [(blanks: ArraySlice<UInt8>, bytes: ArraySlice<UInt8>)] = []
        /// What follows the fields: blanks, a comment.
        private var rest: ArraySlice<UInt8>

        /// nil for a comment, and for a blank line.
        init?(_ line: FileLine) {
            rest = line.body
            while fields.count < 6 {
                let blanks = rest.prefix { $0 == 0x20 || $0 == 0x09 }
                let bytes = rest.dropFirst(blanks.count).prefix { $0 != 0x20 && $0 != 0x09 }
                let isComment = bytes.first == UInt8(ascii: "#") && (fields.isEmpty || fields.count > 3)
                if bytes.isEmpty || isComment { break }
                fields.append((blanks, bytes))
                rest = rest.dropFirst(blanks.count + bytes.count)
            }
            if fields.isEmpty { return nil }
        }

        private func text(_ position: Int) -> String? {
            fields.indices.contains(position) ? OctalEscapes.unescaped(fields[position].bytes) : nil
        }

        /// nil for a line with less than a device, a place and a type.
        var entry: FileSystemEntry? {
            guard let device = text(0), var path = text(1), let type = text(2) else { return nil }
            while path.count > 1, path.last == "/" { path.removeLast() }
            let options = (text(3) ?? "defaults").split(separator: ",").map(String.init)
            return FileSystemEntry(
                device: device.unquotedTag, path: path, type: type, options: options,
                dump: text(4).flatMap { Int($0) } ?? 0, pass: text(5).flatMap { Int($0) } ?? 0)
        }

        /// Replaces what differs.
        mutating func become(_ entry: FileSystemEntry) {
            let (present, wanted) = (self.entry?.fields ?? [], entry.fields)
            for position in wanted.indices {
                let bytes = Array(OctalEscapes.escaped(wanted[position]).utf8)[...]
                if position < fields.count {
                    let isSame =
                        position == 3
                        ? Set(wanted[3].split(separator: ",")) == Set(present[3].split(separator: ","))
                        : present[position] == wanted[position]
                    if !isSame { fields[position].bytes = bytes }
                } else if wanted[position...].contains(where: { $0 != "0" && $0 != "defaults" }) {
                    fields.append(([0x20], bytes))
                }
            }
        }

        var bytes: [UInt8] { fields.flatMap { $0.blanks + $0.bytes } + rest }
    }
}

extension String {
    /// `UUID="x"` as `UUID=x`.
    fileprivate var unquotedTag: String {
        let parts = split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[1].count > 1, parts[1].first == "\"", parts[1].last == "\"" else { return self }
        return "\(parts[0])=\(parts[1].dropFirst().dropLast())"
    }
}

/// Sets or removes one entry.
public enum FileSystemTableEdit: DocumentEdit {
    /// Takes the line of the same place, or a new one at the end.
    case set(FileSystemEntry)
    case remove(FileSystemEntry.Place)

    public var isSecret: Bool { false }

    public func apply(to document: inout FileSystemTable) {
        switch self {
        case .set(let entry): document.set(entry)
        case .remove(let place): document.remove(place)
        }
    }
}

/// Blanks and backslashes as three octal digits behind a backslash, as in fstab(5), /proc/swaps and mountinfo.
enum OctalEscapes {
    static func escaped(_ text: String) -> String {
        var result = ""
        for (position, scalar) in text.unicodeScalars.enumerated() {
            switch scalar {
            case " ": result += "\\040"
            case "\t": result += "\\011"
            case "\n": result += "\\012"
            case "\\": result += "\\134"
            case "#" where position == 0: result += "\\043"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func unescaped(_ bytes: some Sequence<UInt8>) -> String {
        var result: [UInt8] = [], rest = Array(bytes)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) {
                result.append(digits.reduce(0) { $0 &* 8 &+ ($1 - 0x30) })
                rest = rest.dropFirst(3)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
