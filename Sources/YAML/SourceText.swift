public import Values

/// The text of a file with its lines, to find the place of something inside a scalar.
public final class SourceText {
    public let file: SourceFile
    public let bytes: [UInt8]
    private lazy var lineStarts: [Int] = {
        var starts = [0]
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(index + 1) }
        return starts
    }()

    /// - Parameter path: what diagnostics call the file.
    public init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes
        file = SourceFile(path, bytes: bytes)
    }

    public func place(line: Int, column: Int) -> Place { Place(file: file, line: line, column: column) }

    /// A line without its line feed, counted from 1; empty beyond the end.
    public func line(_ number: Int) -> String {
        guard number >= 1, number <= lineStarts.count else { return "" }
        let start = lineStarts[number - 1]
        let end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
        return String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
    }

    /// The places right after each `${{` from a place on, as many as asked for; `$${{` is passed over.
    public func expressionPlaces(from place: Place, count: Int) -> [Place] {
        guard let start = offset(of: place) else { return [] }
        var found: [Place] = []
        var line = place.line, column = place.column, index = start
        while index < bytes.count, found.count < count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "$"), startsExpression(at: index) {
                let isEscaped = index > start && bytes[index - 1] == UInt8(ascii: "$")
                if !isEscaped { found.append(Place(file: file, line: line, column: column + 3)) }
                index += 3
                column += 3
                continue
            }
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
            index += 1
        }
        return found
    }

    private func startsExpression(at index: Int) -> Bool {
        index + 2 < bytes.count && bytes[index + 1] == UInt8(ascii: "{") && bytes[index + 2] == UInt8(ascii: "{")
    }

    private func offset(of place: Place) -> Int? {
        guard place.line >= 1, place.line <= lineStarts.count else { return nil }
        var index = lineStarts[place.line - 1], column = 1
        while column < place.column, index < bytes.count {
            index += 1
            while index < bytes.count, bytes[index] & 0xC0 == 0x80 { index += 1 }
            column += 1
        }
        return index
    }
}
