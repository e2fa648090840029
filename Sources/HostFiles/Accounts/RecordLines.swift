/// The lines of a database of colon-separated fields, found by their first field and kept byte for byte.
///
/// Looking up, changing, adding and removing one line costs the same in a file of any size.
struct RecordLines: Sendable {
    /// Lines without their newline; nil once removed. Those that were added stand after those that were read.
    private var lines: [ArraySlice<UInt8>?]
    private let readCount: Int
    /// How many of the lines that were read stand before the first NIS line (`+` or `-`, nsswitch.conf(5) compat).
    private let compatibilityStart: Int
    private let endsWithNewline: Bool
    private var positions: [String: Int] = [:]
    private var repeated: [String: [Int]] = [:]
    private(set) var isChanged = false

    init(parsing bytes: [UInt8]) {
        let newline = UInt8(ascii: "\n")
        var slices = bytes.split(separator: newline, omittingEmptySubsequences: false)
        endsWithNewline = bytes.isEmpty || bytes.last == newline
        if endsWithNewline { slices.removeLast() }
        lines = slices
        readCount = slices.count
        compatibilityStart =
            slices.firstIndex { $0.first == UInt8(ascii: "+") || $0.first == UInt8(ascii: "-") }
            ?? slices.count
        positions.reserveCapacity(slices.count)
        for (position, line) in slices.enumerated() { index(line, at: position) }
    }

    private mutating func index(_ line: ArraySlice<UInt8>, at position: Int) {
        guard let first = line.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "+"),
            first != UInt8(ascii: "-"), let colon = line.firstIndex(of: UInt8(ascii: ":"))
        else { return }
        let name = String(decoding: line[..<colon], as: UTF8.self)
        if positions[name] == nil {
            positions[name] = position
        } else {
            repeated[name, default: []].append(position)
        }
    }

    /// The first line of that name, which is the one that lookups of the C library find.
    func position(of name: String) -> Int? { positions[name] }

    /// The positions of all lines that begin with a name, in the order of the file.
    var allPositions: [Int] { (Array(positions.values) + repeated.values.joined()).sorted() }

    func fields(at position: Int) -> [ArraySlice<UInt8>] {
        lines[position]?.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) ?? []
    }

    /// Replaces some fields; missing ones before them are made empty, the others keep their bytes.
    mutating func setFields(_ changes: [(index: Int, text: String)], at position: Int) {
        var fields = fields(at: position)
        for change in changes {
            while fields.count <= change.index { fields.append([]) }
            fields[change.index] = ArraySlice(change.text.utf8)
        }
        let line = ArraySlice(fields.joined(separator: [UInt8(ascii: ":")]))
        guard line != lines[position] else { return }
        lines[position] = line
        isChanged = true
    }

    /// Adds a line after all others but before NIS lines.
    ///
    /// - Returns: its position.
    @discardableResult
    mutating func append(_ fields: [String]) -> Int {
        let line = ArraySlice(fields.joined(separator: ":").utf8)
        lines.append(line)
        index(line, at: lines.count - 1)
        isChanged = true
        return lines.count - 1
    }

    /// Removes every line of that name.
    mutating func removeAll(named name: String) {
        guard let first = positions.removeValue(forKey: name) else { return }
        for position in [first] + (repeated.removeValue(forKey: name) ?? []) { lines[position] = nil }
        isChanged = true
    }

    var bytes: [UInt8] {
        var result: [UInt8] = []
        var openEnd = false
        func add(_ range: Range<Int>, to result: inout [UInt8]) {
            for position in range {
                guard let line = lines[position] else { continue }
                if openEnd { result.append(UInt8(ascii: "\n")) }
                result += line
                openEnd = position == readCount - 1 && !endsWithNewline
                if !openEnd { result.append(UInt8(ascii: "\n")) }
            }
        }
        add(0..<compatibilityStart, to: &result)
        add(readCount..<lines.count, to: &result)
        add(compatibilityStart..<readCount, to: &result)
        return result
    }
}

/// Which names have a number; the first one is the one that a lookup by number finds.
struct NameIndex: Sendable {
    private var first: [UInt32: String] = [:]
    private var others: [UInt32: [String]] = [:]
    /// The highest number that was ever in the range of ordinary accounts.
    private(set) var highestOrdinary: UInt32?

    static let ordinary: ClosedRange<UInt32> = 1000...59999
    static let system: ClosedRange<UInt32> = 100...999

    subscript(number: UInt32) -> String? { first[number] }

    mutating func insert(_ name: String, for number: UInt32) {
        if first[number] == nil { first[number] = name } else { others[number, default: []].append(name) }
        if Self.ordinary.contains(number) { highestOrdinary = max(highestOrdinary ?? 0, number) }
    }

    mutating func remove(_ name: String, for number: UInt32) {
        if let index = others[number]?.firstIndex(of: name) {
            others[number]?.remove(at: index)
        } else if first[number] == name {
            first[number] = others[number]?.first
            if others[number]?.isEmpty == false { others[number]?.removeFirst() }
        }
    }

    /// A number that nobody has, as useradd(8) of Debian chooses it: for ordinary accounts one more than the highest,
    /// else the lowest free one; for system accounts the highest free one.
    func unused(isSystem: Bool) -> UInt32? {
        if isSystem { return Self.system.last { first[$0] == nil } }
        guard let highest = highestOrdinary else { return Self.ordinary.lowerBound }
        return highest < Self.ordinary.upperBound ? highest + 1 : Self.ordinary.first { first[$0] == nil }
    }
}

extension ArraySlice where Element == UInt8 {
    /// As text; what is no UTF-8 is shown with replacement characters.
    var text: String { String(decoding: self, as: UTF8.self) }
}
