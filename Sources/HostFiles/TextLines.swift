public import Model
import RegularExpressions

/// A text file as lines, in any encoding: bytes that are not edited, line ends and a missing final newline stay as they
/// were found. Only a newline ends a line; a carriage return before it is the line's end too, but not of its body.
public struct TextLines: EditableDocument {
    /// Without the newline; a carriage return before it is part of the line.
    private var lines: [FileLine]
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

    /// The positions that an edit speaks of: its matches, else the lines equal to its text.
    public func positions(of edit: LineEdit) throws(Refusal) -> [Int] {
        if let pattern = edit.match { return try positions(matching: pattern) }
        let text = edit.text.bytes
        return lines.indices.filter { lines[$0].body.elementsEqual(text) }
    }

    /// Performs the edit; doing it again changes nothing.
    public mutating func apply(_ edit: LineEdit) throws(Refusal) {
        let found = try positions(of: edit)
        if !edit.isPresent {
            remove(found)
        } else if !found.isEmpty {
            for position in edit.replacesAll ? found : found.suffix(1) {
                lines[position] = FileLine(body: edit.text.bytes, hasCarriageReturn: lines[position].hasCarriageReturn)
            }
        } else {
            insert(edit.text.bytes, at: try insertion(of: edit))
        }
    }

    private mutating func remove(_ positions: [Int]) {
        let hadLast = positions.last == lines.count - 1
        for position in positions.reversed() { lines.remove(at: position) }
        // What is the last line now has no line end, as the one before.
        if hadLast, !endsWithNewline, let last = lines.last, last.hasCarriageReturn {
            lines[lines.count - 1] = FileLine(body: Array(last.body), hasCarriageReturn: false)
        }
    }

    /// The line ends as those beside it do.
    private mutating func insert(_ body: [UInt8], at position: Int) {
        let isOpenEnd = position == lines.count && !endsWithNewline
        let neighbour = isOpenEnd ? position - 2 : max(0, position - 1)
        let hasCarriageReturn = lines.indices.contains(neighbour) && lines[neighbour].hasCarriageReturn
        if isOpenEnd, let last = lines.last {
            lines[position - 1] = FileLine(
                body: Array(last.bytes), hasCarriageReturn: hasCarriageReturn || last.hasCarriageReturn)
        }
        lines.insert(FileLine(body: body, hasCarriageReturn: hasCarriageReturn && !isOpenEnd), at: position)
    }

    /// Where a new line goes: after the last match, before the last match, else to the end.
    private func insertion(of edit: LineEdit) throws(Refusal) -> Int {
        if let after = edit.insertAfter, let position = try positions(matching: after).last { return position + 1 }
        if let before = edit.insertBefore, let position = try positions(matching: before).last { return position }
        return lines.count
    }

    /// Bytes that are no UTF-8 are met by a pattern as U+FFFD.
    private func positions(matching pattern: String) throws(Refusal) -> [Int] {
        do throws(RegularExpressionError) {
            let expression = try RegularExpression(pattern)
            return lines.indices.filter { expression.isFound(in: lines[$0].bodyText) }
        } catch {
            throw Refusal("the pattern `\(pattern)` cannot be read: \(error.message)")
        }
    }
}

/// Puts a line into a text or takes it out.
public struct LineEdit: DocumentEdit {
    public var text: Content
    /// RE2 dialect, searched, not anchored.
    public var match: String?
    /// Replaces every match instead of the last.
    public var replacesAll: Bool
    public var insertAfter: String?
    public var insertBefore: String?
    public var isPresent: Bool

    public init(
        text: Content, match: String? = nil, replacesAll: Bool = false, insertAfter: String? = nil,
        insertBefore: String? = nil, isPresent: Bool = true
    ) {
        self.text = text
        self.match = match
        self.replacesAll = replacesAll
        self.insertAfter = insertAfter
        self.insertBefore = insertBefore
        self.isPresent = isPresent
    }

    public var isSecret: Bool { text.isSecret }

    public func apply(to document: inout TextLines) throws(Refusal) { try document.apply(self) }
}
