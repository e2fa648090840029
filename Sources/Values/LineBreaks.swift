extension StringProtocol {
    /// The lines of a text, without what ends them: a line feed, or a carriage return and a line feed. Those two are one
    /// character of Swift, which is not `"\n"`: nothing may split or look for that character.
    public func textLines(omittingEmpty: Bool = true) -> [SubSequence] {
        var lines: [SubSequence] = []
        var start = startIndex
        let scalars = unicodeScalars
        func add(upTo end: Index) {
            var line = self[start..<end]
            if line.unicodeScalars.last == "\r" { line = line[..<line.unicodeScalars.index(before: line.endIndex)] }
            if !(omittingEmpty && line.isEmpty) { lines.append(line) }
        }
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let next = scalars.index(after: index)
            if scalars[index] == "\n" {
                add(upTo: index)
                start = next
            }
            index = next
        }
        add(upTo: endIndex)
        return lines
    }

    /// Whether there is a line feed or a carriage return, also as one character.
    public var hasLineBreak: Bool { unicodeScalars.contains { $0 == "\n" || $0 == "\r" } }
}
