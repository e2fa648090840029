import Model

/// The lines of a database of colon-separated fields, found by their first field and kept byte for byte.
///
/// Looking up, changing, adding and removing one line costs the same in a file of any size. Lines are read as the C
/// library reads them: white space before a name does not count, and what a line's reader cannot take is passed over.
struct RecordLines: Sendable {
    /// Lines without their newline; nil once removed. Those that were added stand after those that were read.
    private var lines: [ArraySlice<UInt8>?]
    private let readCount: Int
    /// How many of the lines that were read stand before the first NIS line (`+` or `-`, nsswitch.conf(5) compat).
    private let compatibilityStart: Int
    private let endsWithNewline: Bool
    private var positions: [String: Int] = [:]
    private var repeated: [String: [Int]] = [:]
    /// Lines of a name that the C library cannot read.
    private var unreadable: [String: [Int]] = [:]
    private(set) var isChanged = false

    /// - Parameter isReadable: whether the fields of a line are an entry.
    init(parsing bytes: [UInt8], isReadable: ([ArraySlice<UInt8>]) -> Bool = { _ in true }) {
        let newline = UInt8(ascii: "\n")
        var slices = bytes.split(separator: newline, omittingEmptySubsequences: false)
        endsWithNewline = bytes.isEmpty || bytes.last == newline
        if endsWithNewline { slices.removeLast() }
        lines = slices
        readCount = slices.count
        compatibilityStart =
            slices.firstIndex {
                $0.withoutLeadingBlanks.first.map { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") } == true
            }
            ?? slices.count
        positions.reserveCapacity(slices.count)
        for (position, line) in slices.enumerated() { index(line, at: position, isReadable) }
    }

    private mutating func index(
        _ line: ArraySlice<UInt8>, at position: Int, _ isReadable: ([ArraySlice<UInt8>]) -> Bool
    ) {
        let line = line.withoutLeadingBlanks
        guard let first = line.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "+"),
            first != UInt8(ascii: "-"), let colon = line.firstIndex(of: UInt8(ascii: ":"))
        else { return }
        let name = String(decoding: line[..<colon], as: UTF8.self)
        if !isReadable(fields(at: position)) {
            unreadable[name, default: []].append(position)
        } else if positions[name] == nil {
            positions[name] = position
        } else {
            repeated[name, default: []].append(position)
        }
    }

    /// The first line of that name, which is the one that lookups of the C library find.
    func position(of name: String) -> Int? { positions[name] }

    /// Whether a line begins with that name, also one that cannot be read.
    func hasLine(_ name: String) -> Bool { positions[name] != nil || unreadable[name] != nil }

    /// The lines of that name, in the order of the file.
    func allPositions(of name: String) -> [Int] { (positions[name].map { [$0] } ?? []) + (repeated[name] ?? []) }

    /// The positions of all lines that can be read, in the order of the file.
    var allPositions: [Int] { (Array(positions.values) + repeated.values.joined()).sorted() }

    /// The fields of a line as the C library has them: without white space in front, and up to a NUL.
    func fields(at position: Int) -> [ArraySlice<UInt8>] {
        guard let line = lines[position]?.withoutLeadingBlanks else { return [] }
        let end = line.firstIndex(of: 0) ?? line.endIndex
        return line[..<end].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    }

    /// Replaces some fields; missing ones before them are made empty, the others keep their bytes.
    ///
    /// - Parameter last: the field to which everything after it belongs, colons too.
    mutating func setFields(_ changes: [(index: Int, text: String)], at position: Int, last: Int = .max) {
        var fields = lines[position]?.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) ?? []
        for change in changes {
            while fields.count <= change.index { fields.append([]) }
            fields[change.index] = ArraySlice(change.text.utf8)
            if change.index == last { fields.removeSubrange((last + 1)...) }
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
        index(line, at: lines.count - 1) { _ in true }
        isChanged = true
        return lines.count - 1
    }

    /// Removes every line of that name.
    mutating func removeAll(named name: String) {
        let all = allPositions(of: name) + (unreadable.removeValue(forKey: name) ?? [])
        positions[name] = nil
        repeated[name] = nil
        for position in all { lines[position] = nil }
        if !all.isEmpty { isChanged = true }
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

extension ArraySlice where Element == UInt8 {
    /// As text; what is no UTF-8 is shown with replacement characters.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// Without the white space of isspace(3) in front.
    var withoutLeadingBlanks: ArraySlice<UInt8> { drop { $0 == 0x20 || (0x09...0x0D).contains($0) } }

    /// A number as the C library reads a uid (strtoul(3), nss/nss_files/files-parse.c); nil where the library skips the line.
    var accountNumber: UInt32? {
        var rest = withoutLeadingBlanks
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        guard !rest.isEmpty, rest.allSatisfy({ $0.isASCIIDigit }) else { return nil }
        guard let number = UInt64(rest.text) else { return nil }
        return UInt32(exactly: isNegative ? 0 &- number : number)
    }
}
