public import Model
import RegularExpressions

/// A text file as lines, in any encoding: bytes that are not edited, line ends and a missing final newline stay as they
/// were found. Only a newline ends a line; a carriage return before it is the line's end too, but not of its body.
public struct TextLines: EditableDocument {
    /// Without the newline; a carriage return before it is part of the line.
    private(set) var lines: [FileLine]
    private var endsWithNewline: Bool

    public init(parsing bytes: [UInt8]) {
        (lines, endsWithNewline) = FileLine.lines(of: bytes)
    }

    public var bytes: [UInt8] { FileLine.bytes(of: lines, endsWithNewline: endsWithNewline) }

    public var byteCount: Int {
        lines.reduce(endsWithNewline || lines.isEmpty ? 0 : -1) { $0 + $1.byteCount + 1 }
    }

    public var isEmpty: Bool { lines.isEmpty }

    /// How many lines there are.
    public var count: Int { lines.count }

    /// A line without its carriage return.
    public func body(at position: Int) -> [UInt8] { Array(lines[position].body) }

    /// Removes the lines at positions that ascend.
    mutating func remove(_ positions: some BidirectionalCollection<Int>) {
        let hadLast = positions.last == lines.count - 1
        for position in positions.reversed() { lines.remove(at: position) }
        // What is the last line now has no line end, as the one before.
        if hadLast, !endsWithNewline, let last = lines.last, last.hasCarriageReturn {
            lines[lines.count - 1] = FileLine(body: Array(last.body), hasCarriageReturn: false)
        }
    }

    /// Replaces the body of a line, which ends as before.
    mutating func replace(_ position: Int, with body: [UInt8]) {
        lines[position] = FileLine(body: body, hasCarriageReturn: lines[position].hasCarriageReturn)
    }

    /// Inserts lines, which end as those beside them do.
    mutating func insert(_ bodies: [[UInt8]], at position: Int) {
        if bodies.isEmpty { return }
        let isOpenEnd = position == lines.count && !endsWithNewline
        let neighbour = isOpenEnd ? position - 2 : max(0, position - 1)
        let hasCarriageReturn = lines.indices.contains(neighbour) && lines[neighbour].hasCarriageReturn
        if isOpenEnd, let last = lines.last {
            lines[position - 1] = FileLine(
                body: Array(last.bytes), hasCarriageReturn: hasCarriageReturn || last.hasCarriageReturn)
        }
        let new = bodies.indices.map { index in
            let isLast = isOpenEnd && index == bodies.count - 1
            return FileLine(body: bodies[index], hasCarriageReturn: hasCarriageReturn && !isLast)
        }
        lines.insert(contentsOf: new, at: position)
    }

    /// The position of a new line.
    func position(for place: InsertionPlace) throws(Refusal) -> Int {
        if let after = place.after, let position = try positions(matching: after).last { return position + 1 }
        if let before = place.before, let position = try positions(matching: before).last { return position }
        return lines.count
    }

    /// Bytes that are no UTF-8 are met by a pattern as U+FFFD.
    func positions(matching pattern: String) throws(Refusal) -> [Int] {
        do throws(RegularExpressionError) {
            let expression = try RegularExpression(pattern)
            return lines.indices.filter { expression.isFound(in: lines[$0].bodyText) }
        } catch {
            throw Refusal("the pattern `\(pattern)` cannot be read: \(error.message)")
        }
    }
}

/// Where something new goes in a text: after the last match of one pattern, or before the last match of another, else to
/// the end. Patterns are of RE2's dialect, searched, not anchored.
public struct InsertionPlace: Sendable {
    public var after: String?
    public var before: String?

    public init(after: String? = nil, before: String? = nil) {
        self.after = after
        self.before = before
    }
}
