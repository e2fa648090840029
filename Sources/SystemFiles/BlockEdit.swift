public import Model

/// Puts a block of lines into a text, between two lines that mark it, or takes it out with them.
public struct BlockEdit: DocumentEdit {
    public var text: Content
    public var marker: BlockMarker
    /// The marker that the block had before.
    public var former: BlockMarker?
    public var place: InsertionPlace
    public var isPresent: Bool

    public init(
        text: Content, marker: BlockMarker, former: BlockMarker? = nil, place: InsertionPlace = InsertionPlace(),
        isPresent: Bool = true
    ) {
        self.text = text
        self.marker = marker
        self.former = former
        self.place = place
        self.isPresent = isPresent
    }

    public var isSecret: Bool { text.isSecret }

    /// The lines of the block.
    public var lines: [[UInt8]] { FileLine.lines(of: text.bytes).lines.map { Array($0.bytes) } }

    public func apply(to document: inout TextLines) throws(Refusal) {
        let ours = try document.range(of: marker), former = try document.range(of: former)
        try document.refuse(both: ours, former)
        guard isPresent else {
            if let range = ours ?? former { document.remove(range) }
            return
        }
        guard let range = ours ?? former else {
            let bodies = [marker.begin] + lines + [marker.end]
            return document.insert(bodies, at: try document.position(for: place))
        }
        if ours == nil {
            document.replace(range.lowerBound, with: marker.begin)
            document.replace(range.upperBound, with: marker.end)
        }
        if document.bodies(inside: range) == lines { return }
        document.remove(range.dropFirst().dropLast())
        document.insert(lines, at: range.lowerBound + 1)
    }
}

/// The two lines that enclose a block.
public struct BlockMarker: Sendable, Hashable {
    let begin: [UInt8]
    let end: [UInt8]

    /// - Parameter pattern: the line with `{mark}` where BEGIN and END stand.
    public init(_ pattern: String) {
        begin = Array(pattern.replacing("{mark}", with: "BEGIN").utf8)
        end = Array(pattern.replacing("{mark}", with: "END").utf8)
    }

    /// Whether a line is one of the two, however it is indented.
    public func isFound(in line: some BidirectionalCollection<UInt8>) -> Bool {
        line.isSameLine(as: begin) || line.isSameLine(as: end)
    }
}

extension TextLines {
    /// The lines of a block, each with a newline, and whether they stand between the markers that it had before; nil where
    /// there is none.
    public func block(of edit: BlockEdit) throws(Refusal) -> (bytes: [UInt8], isFormer: Bool)? {
        let ours = try range(of: edit.marker), former = try range(of: edit.former)
        try refuse(both: ours, former)
        guard let range = ours ?? former else { return nil }
        return (bodies(inside: range).flatMap { $0 + [UInt8(ascii: "\n")] }, ours == nil)
    }

    /// - Throws: where a marker is missing or doubled: nobody can tell what lies between them.
    fileprivate func range(of marker: BlockMarker?) throws(Refusal) -> ClosedRange<Int>? {
        guard let marker else { return nil }
        let begins = lines.indices.filter { lines[$0].body.isSameLine(as: marker.begin) }
        let ends = lines.indices.filter { lines[$0].body.isSameLine(as: marker.end) }
        if begins.isEmpty, ends.isEmpty { return nil }
        if begins.count == 1, ends.count == 1, begins[0] < ends[0] { return begins[0]...ends[0] }
        func told(_ line: [UInt8], _ positions: [Int]) -> String {
            let numbers = positions.prefix(5).map { String($0 + 1) }.joined(separator: " and ")
            return "`\(String(decoding: line, as: UTF8.self))` is in \(numbers.isEmpty ? "no line" : "line \(numbers)")"
        }
        throw Refusal(
            "\(told(marker.begin, begins)), \(told(marker.end, ends))",
            hint: "a block has one line of each, in this order")
    }

    fileprivate func refuse(both ours: ClosedRange<Int>?, _ former: ClosedRange<Int>?) throws(Refusal) {
        guard let ours, let former else { return }
        throw Refusal(
            "there are two blocks: one of `marker` in line \(ours.lowerBound + 1), one of `was` in line "
                + "\(former.lowerBound + 1)", hint: "take one of them away")
    }

    fileprivate func bodies(inside range: ClosedRange<Int>) -> [[UInt8]] {
        lines[range].dropFirst().dropLast().map { Array($0.body) }
    }
}

extension BidirectionalCollection<UInt8> {
    /// Whether two lines are the same but for blanks around them, such as an editor adds and takes away.
    fileprivate func isSameLine(as other: [UInt8]) -> Bool { withoutBlanks.elementsEqual(other.withoutBlanks) }

    private var withoutBlanks: SubSequence {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var rest = drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}
