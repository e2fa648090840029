/// A line of a text file without its newline, kept byte for byte: what is no UTF-8 is shown with replacement characters
/// and written back as it was.
struct FileLine: Sendable, Hashable {
    let text: String
    /// nil where the text says it all.
    private let raw: [UInt8]?

    init(_ text: String) {
        self.text = text
        raw = nil
    }

    init(bytes: ArraySlice<UInt8>) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self.text = text
            raw = nil
        } else {
            text = String(decoding: bytes, as: UTF8.self)
            raw = Array(bytes)
        }
    }

    /// The lines of a file. Only a newline ends one: a carriage return before it belongs to the line.
    static func lines(of bytes: [UInt8]) -> (lines: [FileLine], endsWithNewline: Bool) {
        let newline = UInt8(ascii: "\n")
        var slices = bytes.split(separator: newline, omittingEmptySubsequences: false)
        let endsWithNewline = bytes.isEmpty || bytes.last == newline
        if endsWithNewline { slices.removeLast() }
        return (slices.map { FileLine(bytes: $0) }, endsWithNewline)
    }

    /// Writes the line and a newline.
    func write(to bytes: inout [UInt8]) {
        if let raw { bytes.append(contentsOf: raw) } else { bytes.append(contentsOf: text.utf8) }
        bytes.append(UInt8(ascii: "\n"))
    }
}
