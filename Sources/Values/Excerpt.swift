extension Place {
    /// The line that the place is in and below it a mark under its column, for a terminal.
    ///
    /// A line that is too long is cut on both sides of the column. Tabs are four blanks; what is not seen is an escape.
    ///
    /// - Parameter columns: how wide the terminal is.
    /// - Returns: empty where the text of the file is not at hand, or where there is nothing in the line.
    public func excerpt(columns: Int) -> [String] {
        guard let text = file.line(line), text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            return []
        }
        // Of a long line no more is looked at than can be shown.
        let place = min(max(column - 1, 0), text.unicodeScalars.count), skipped = max(0, place - columns)
        let nearby = text.unicodeScalars.dropFirst(skipped), part = nearby.prefix(2 * columns + 2)
        var cells = part.map(Cell.init)
        if part.endIndex == nearby.endIndex, part.last == "\r" { cells.removeLast() }
        let gutter = "  \(line) | "
        let position = min(place - skipped, cells.count)
        // One column stays free for a mark after the end, and since some terminals wrap after the last one.
        let window = cells.window(around: position, width: max(columns - gutter.count - 2, 16))
        let isCutBefore = window.isCutBefore || skipped > 0
        let isCutAfter = window.isCutAfter || part.endIndex < nearby.endIndex
        let shown = (isCutBefore ? "…" : "") + window.cells.map(\.text).joined() + (isCutAfter ? "…" : "")
        let offset = (isCutBefore ? 1 : 0) + cells[window.cells.startIndex..<position].width
        return [gutter + shown, String(repeating: " ", count: gutter.count + offset) + "^"]
    }
}

extension StringProtocol {
    /// The text on one line of a terminal, cut after so many columns.
    public func printableLine(columns: Int) -> String {
        let cells = unicodeScalars.map(Cell.init)
        guard cells.width > columns else { return cells.map(\.text).joined() }
        return cells.window(around: 0, width: columns).cells.map(\.text).joined() + "…"
    }
}

extension String {
    /// The text, or so many bytes of it as end with a whole character of Unicode.
    public func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(unicodeScalars[..<end])
    }
}

/// One character as a terminal shows it.
private struct Cell {
    var text: String
    /// How many columns it takes.
    var width: Int

    init(_ scalar: Unicode.Scalar) {
        if scalar == "\t" {
            text = "    "
        } else {
            text = scalar.properties.generalCategory == .format ? scalar.escaped : scalar.printable
        }
        width = text.unicodeScalars.count == 1 ? scalar.columnCount : text.utf8.count
    }
}

extension RandomAccessCollection<Cell> {
    fileprivate var width: Int { reduce(0) { $0 + $1.width } }
}

extension [Cell] {
    /// The part around a position that fits into a width, with a column for the mark of each cut.
    fileprivate func window(
        around position: Int, width: Int
    ) -> (cells: ArraySlice<Cell>, isCutBefore: Bool, isCutAfter: Bool) {
        guard self.width > width else { return (self[...], false, false) }
        var lower = position, upper = position, room = width - 2
        func extendBefore(leaving rest: Int) {
            while lower > 0, room - self[lower - 1].width >= rest {
                lower -= 1
                room -= self[lower].width
            }
        }
        extendBefore(leaving: width / 2)
        while upper < count, room >= self[upper].width {
            room -= self[upper].width
            upper += 1
        }
        extendBefore(leaving: 0)
        return (self[lower..<upper], lower > 0, upper < count)
    }
}

extension Unicode.Scalar {
    /// How many columns a terminal gives the character (UAX #11: wide and full-width ones have two).
    fileprivate var columnCount: Int {
        if isASCII { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: return properties.isEmojiPresentation || Self.wide.contains { $0.contains(value) } ? 2 : 1
        }
    }

    /// The blocks of East Asian scripts whose characters are wide, without the emoji.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
        0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD,
    ]
}
