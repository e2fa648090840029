import Model

/// Files with one JSON object a line.
struct JSONLines {
    typealias Take = (JSONObject, Range<Int>, Place) throws(Diagnostic) -> Void

    private let file: SourceFile
    private let limit: Int
    private var number = 0

    /// Hands over each line that holds something, with its place; a fault of a line is reported, and the next one is read.
    ///
    /// - Parameter limit: how many bytes a line may have.
    static func read(
        _ bytes: [UInt8], path: String, limit: Int, into diagnostics: inout Diagnostics, _ take: Take
    ) {
        // Diagnostics of a large file do not carry its text.
        let file = SourceFile(path, bytes: bytes.count <= 1 << 20 ? bytes : [])
        var lines = JSONLines(file: file, limit: limit), start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            lines.read(bytes, start..<end, byteCount: end - start, offset: 0, into: &diagnostics, take)
            start = end + 1
        }
    }

    /// The same of a file that need not fit in memory; the ranges are those of the file.
    static func read(
        _ stream: ByteStream, path: String, limit: Int, into diagnostics: inout Diagnostics, _ take: Take
    ) throws(Diagnostic) {
        var lines = JSONLines(file: SourceFile(path), limit: limit), open: [UInt8] = []
        var start = 0, byteCount = 0, found = diagnostics
        func close() {
            lines.read(open, open.indices, byteCount: byteCount, offset: start, into: &found, take)
            open.removeAll(keepingCapacity: true)
            start += byteCount + 1
            byteCount = 0
        }
        do throws(HostFault) {
            try stream.read { piece in
                var rest = piece[...]
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    // Of a line that is too long only the beginning is held.
                    if open.count <= limit { open += rest[..<end] }
                    byteCount += end - rest.startIndex
                    close()
                    rest = rest[(end + 1)...]
                }
                if open.count <= limit { open += rest }
                byteCount += rest.count
            }
        } catch {
            throw Diagnostic("cannot read `\(path)`: \(error.reason)", at: nil)
        }
        if byteCount > 0 { close() }
        diagnostics = found
    }

    private init(file: SourceFile, limit: Int) {
        self.file = file
        self.limit = limit
    }

    /// - Parameters:
    ///   - range: the line among the bytes.
    ///   - byteCount: how long it is, where not all of it is there.
    ///   - offset: where the bytes begin in the file.
    private mutating func read(
        _ bytes: [UInt8], _ range: Range<Int>, byteCount: Int, offset: Int, into diagnostics: inout Diagnostics,
        _ take: Take
    ) {
        number += 1
        let place = Place(file: file, line: number, column: 1)
        if bytes[range].allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return }
        do throws(Diagnostic) {
            guard byteCount <= limit else {
                throw Diagnostic(
                    "expected at most \(limit >> 20) MiB on a line, found \(byteCount) bytes", at: place,
                    hint: "one JSON object a line, one line a host")
            }
            let range = range.lowerBound..<range.upperBound
            try take(
                try Self.object(bytes, range, place), range.lowerBound + offset..<range.upperBound + offset, place)
        } catch {
            diagnostics.add(error)
        }
    }

    private static func object(_ bytes: [UInt8], _ range: Range<Int>, _ place: Place) throws(Diagnostic) -> JSONObject {
        do throws(JSONFault) {
            return try JSONObject(bytes, in: range)
        } catch {
            var place = place
            place.column = max(1, error.offset - range.lowerBound + 1)
            throw Diagnostic(error.message, at: place, hint: "one JSON object a line, one line a host")
        }
    }
}
