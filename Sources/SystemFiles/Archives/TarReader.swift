public import Model

/// The entries of a tar file, of the forms ustar, pax and GNU, with their sparse files (tar(5), POSIX pax).
public struct TarReader {
    let bytes: ArchiveBytes
    /// Where the next entry begins.
    public internal(set) var offset = 0
    private(set) var globals: [Record] = []
    /// What was said of the next entry.
    private(set) var records: [Record] = []
    private var longName: [UInt8]?
    private var longLink: [UInt8]?

    typealias Record = (key: String, value: [UInt8])

    /// The most bytes of names and other words about one entry.
    private static let wordLimit = 1 << 20

    public init(_ bytes: ArchiveBytes) {
        self.bytes = bytes
    }

    /// The next entry; nil at the end.
    public mutating func next() throws(HostFault) -> RawEntry? {
        while offset < bytes.byteCount {
            let block = try bytes.read(at: offset, 512)
            guard let header = TarHeader(block) else {
                if block.allSatisfy({ $0 == 0 }) { return nil }
                throw ArchiveBytes.fault("its header at byte \(offset) is damaged")
            }
            offset += 512
            if try readWords(header) { continue }
            defer { (records, longName, longLink) = ([], nil, nil) }
            if header.type == UInt8(ascii: "V") {
                try skip(try byteCount(header))
                continue
            }
            return try entry(header)
        }
        return nil
    }

    /// Reads what is said of the next entry, or of all; false for an entry.
    private mutating func readWords(_ header: TarHeader) throws(HostFault) -> Bool {
        let type = Character(UnicodeScalar(header.type))
        guard "xXgLK".contains(type) else { return false }
        guard let count = header.byteCount, count <= Self.wordLimit else {
            throw ArchiveBytes.fault("a name in it has more than 1 MiB")
        }
        let words = try bytes.read(at: offset, count)
        try skip(count)
        switch type {
        case "L": longName = Array(words.prefix { $0 != 0 })
        case "K": longLink = Array(words.prefix { $0 != 0 })
        case "g": globals += try Self.records(words)
        default: records += try Self.records(words)
        }
        return true
    }

    /// Records of pax: a length, a blank, `key=value` and a newline.
    private static func records(_ words: [UInt8]) throws(HostFault) -> [Record] {
        var records: [Record] = [], rest = words[...]
        while !rest.isEmpty {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard digits.count < 8, let length = Int(String(decoding: digits, as: UTF8.self)),
                length > digits.count + 2, length <= rest.count, rest[digits.endIndex] == UInt8(ascii: " ")
            else { throw ArchiveBytes.fault("a record of pax in it is damaged") }
            let record = rest.prefix(length).dropFirst(digits.count + 1)
            guard record.last == UInt8(ascii: "\n"), let equals = record.firstIndex(of: UInt8(ascii: "=")) else {
                throw ArchiveBytes.fault("a record of pax in it is damaged")
            }
            records.append(
                (String(decoding: record[..<equals], as: UTF8.self), Array(record[(equals + 1)...].dropLast())))
            rest = rest.dropFirst(length)
        }
        return records
    }

    /// The last word counts, and an empty one takes it back.
    func record(_ key: String) -> [UInt8]? {
        let found = records.last { $0.key == key } ?? globals.last { $0.key == key }
        return found.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    func number(_ key: String) throws(HostFault) -> Int? {
        guard let text = record(key) else { return nil }
        guard let number = Self.decimal(text[...]) else { throw ArchiveBytes.fault("`\(key)` in it is no number") }
        return number
    }

    static func decimal(_ text: ArraySlice<UInt8>) -> Int? {
        guard !text.isEmpty, text.count < 19, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(String(decoding: text, as: UTF8.self))
    }

    /// The bytes that follow the header.
    func byteCount(_ header: TarHeader) throws(HostFault) -> Int {
        let told = try number("size")
        if let count = told ?? header.byteCount, count <= bytes.byteCount { return count }
        throw ArchiveBytes.fault("it ends before its end")
    }

    mutating func skip(_ count: Int) throws(HostFault) {
        guard count <= bytes.byteCount - offset else { throw ArchiveBytes.fault("it ends before its end") }
        offset += (count + 511) / 512 * 512
    }

    private mutating func entry(_ header: TarHeader) throws(HostFault) -> RawEntry {
        var entry = RawEntry(name: record("path") ?? longName ?? header.name, kind: .file, mode: header.mode)
        try readAttributes(header, &entry)
        let target = record("linkpath") ?? longLink ?? header.linkName
        switch Character(UnicodeScalar(header.type)) {
        case "0", "7", "\0":
            // The first programs knew folders by their names alone.
            if header.type != UInt8(ascii: "7"), entry.name.last == UInt8(ascii: "/"), record("path") == nil {
                entry.kind = .directory
                try skip(try byteCount(header))
            } else {
                try readContent(header, &entry)
            }
        case "S": try readSparse(header, &entry)
        case "1": entry.kind = .hardLink(target)
        case "2": entry.kind = .link(target)
        case "5": entry.kind = .directory
        case "D":
            entry.kind = .directory
            try skip(try byteCount(header))
        case "3", "4":
            let isBlock = header.type == UInt8(ascii: "4")
            entry.kind = .device(isBlock: isBlock, major: header.major ?? 0, minor: header.minor ?? 0)
        case "6": entry.kind = .fifo
        case let type: entry.kind = .other("of the unknown type `\(String(reflecting: type).dropFirst().dropLast())`")
        }
        return entry
    }
}
