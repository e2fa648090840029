import Model

/// The entries of a tar file, of the forms ustar, pax and GNU, with their sparse files (tar(5), POSIX pax).
struct TarReader {
    private let bytes: ArchiveBytes
    private var offset = 0
    private var globals: [Record] = []
    /// What was said of the next entry.
    private var records: [Record] = []
    private var longName: [UInt8]?
    private var longLink: [UInt8]?

    private typealias Record = (key: String, value: [UInt8])

    /// The most bytes of names and other words about one entry.
    private static let wordLimit = 1 << 20

    init(_ bytes: ArchiveBytes) {
        self.bytes = bytes
    }

    /// The next entry; nil at the end.
    mutating func next() throws(HostFault) -> RawEntry? {
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
    private func record(_ key: String) -> [UInt8]? {
        let found = records.last { $0.key == key } ?? globals.last { $0.key == key }
        return found.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    private func number(_ key: String) throws(HostFault) -> Int? {
        guard let text = record(key) else { return nil }
        guard let number = Self.decimal(text[...]) else { throw ArchiveBytes.fault("`\(key)` in it is no number") }
        return number
    }

    private static func decimal(_ text: ArraySlice<UInt8>) -> Int? {
        guard !text.isEmpty, text.count < 19, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(String(decoding: text, as: UTF8.self))
    }

    /// The bytes that follow the header.
    private func byteCount(_ header: TarHeader) throws(HostFault) -> Int {
        let told = try number("size")
        if let count = told ?? header.byteCount, count <= bytes.byteCount { return count }
        throw ArchiveBytes.fault("it ends before its end")
    }

    private mutating func skip(_ count: Int) throws(HostFault) {
        guard count <= bytes.byteCount - offset else { throw ArchiveBytes.fault("it ends before its end") }
        offset += (count + 511) / 512 * 512
    }

    private mutating func entry(_ header: TarHeader) throws(HostFault) -> RawEntry {
        var entry = RawEntry(name: record("path") ?? longName ?? header.name, kind: .file, mode: header.mode)
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
        case "3", "4": entry.kind = .other("a device")
        case "6": entry.kind = .other("a fifo")
        case let type: entry.kind = .other("of the unknown type `\(String(reflecting: type).dropFirst().dropLast())`")
        }
        return entry
    }

    private mutating func readContent(_ header: TarHeader, _ entry: inout RawEntry) throws(HostFault) {
        let count = try byteCount(header), start = offset
        try skip(count)
        (entry.byteCount, entry.segments) = (count, [RawEntry.Segment(start: 0, offset: start, count: count)])
        if record("GNU.sparse.major").map({ $0 == [UInt8(ascii: "1")] }) == true {
            let map = try mapInContent(at: start, count)
            try place(map.runs, at: map.end, start + count, &entry)
        } else if let map = record("GNU.sparse.map") {
            let numbers = map.split(separator: UInt8(ascii: ",")).map { Self.decimal($0) }
            try place(try Self.pairs(numbers), at: start, start + count, &entry)
        } else if record("GNU.sparse.numblocks") != nil {
            let parts = records.filter { ["GNU.sparse.offset", "GNU.sparse.numbytes"].contains($0.key) }
            let numbers = parts.map { Self.decimal($0.value[...]) }
            try place(try Self.pairs(numbers), at: start, start + count, &entry)
        }
    }

    /// The runs of a sparse file that stand before its bytes: lines of numbers, filled up to a block.
    private func mapInContent(at start: Int, _ count: Int) throws(HostFault) -> (runs: [(Int, Int)], end: Int) {
        var numbers: [Int?] = [], line: [UInt8] = [], position = start
        while numbers.isEmpty || numbers.count < 1 + 2 * (numbers[0] ?? 0) {
            guard position + 512 <= start + count else { throw Self.badMap }
            for byte in try bytes.read(at: position, 512) {
                if byte == UInt8(ascii: "\n") {
                    numbers.append(Self.decimal(line[...]))
                    if numbers[0] == nil { throw Self.badMap }
                    line = []
                    if numbers.count == 1 + 2 * (numbers[0] ?? 0) { break }
                } else {
                    line.append(byte)
                }
            }
            position += 512
        }
        return (try Self.pairs(Array(numbers.dropFirst())), position)
    }

    private mutating func readSparse(_ header: TarHeader, _ entry: inout RawEntry) throws(HostFault) {
        guard var sparse = header.sparse else { throw Self.badMap }
        while sparse.isExtended {
            let block = try bytes.read(at: offset, 512)
            offset += 512
            guard let runs = TarHeader.runs(block[0..<504]) else { throw Self.badMap }
            sparse.runs += runs
            sparse.isExtended = block[504] != 0
        }
        let count = try byteCount(header), start = offset
        try skip(count)
        entry.byteCount = sparse.byteCount
        try place(sparse.runs, at: start, start + count, &entry)
    }

    private static let badMap = ArchiveBytes.fault("the map of a sparse file in it is damaged")

    private static func pairs(_ numbers: [Int?]) throws(HostFault) -> [(Int, Int)] {
        var pairs: [(Int, Int)] = []
        guard numbers.count % 2 == 0 else { throw badMap }
        for index in stride(from: 0, to: numbers.count, by: 2) {
            guard let offset = numbers[index], let count = numbers[index + 1] else { throw badMap }
            pairs.append((offset, count))
        }
        return pairs
    }

    /// Lays the bytes of a sparse file out: in order, without overlaps, within its size.
    private func place(_ runs: [(Int, Int)], at start: Int, _ end: Int, _ entry: inout RawEntry) throws(HostFault) {
        if let name = record("GNU.sparse.name") { entry.name = name }
        for key in ["GNU.sparse.size", "GNU.sparse.realsize"] {
            if let size = try number(key) { entry.byteCount = size }
        }
        entry.segments = []
        var offset = start, last = 0
        for (place, count) in runs where count > 0 {
            guard place >= last, count <= end - offset, place <= entry.byteCount - count else { throw Self.badMap }
            entry.segments.append(RawEntry.Segment(start: place, offset: offset, count: count))
            (offset, last) = (offset + count, place + count)
        }
    }
}
