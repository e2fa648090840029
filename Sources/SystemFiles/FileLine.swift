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

    init(bytes: some Collection<UInt8>) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self.text = text
            raw = nil
        } else {
            text = String(decoding: bytes, as: UTF8.self)
            raw = Array(bytes)
        }
    }

    init(body: [UInt8], hasCarriageReturn: Bool) {
        let endsWithOne = body.last == UInt8(ascii: "\r")
        self.init(bytes: hasCarriageReturn && !endsWithOne ? body + [UInt8(ascii: "\r")] : body)
    }

    /// Two lines are equal when their bytes are; texts with the same meaning in other characters are not.
    static func == (left: FileLine, right: FileLine) -> Bool {
        left.raw == right.raw && left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }

    var byteCount: Int { raw?.count ?? text.utf8.count }

    var hasCarriageReturn: Bool { text.utf8.last == UInt8(ascii: "\r") }

    var bytes: ArraySlice<UInt8> { ArraySlice(raw ?? Array(text.utf8)) }

    /// The bytes without a carriage return at the end.
    var body: ArraySlice<UInt8> { hasCarriageReturn ? bytes.dropLast() : bytes }

    /// Whether it is blank, or a comment as most files have them.
    var isBlankOrComment: Bool {
        let first = text.utf8.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }
        return first == nil || first == UInt8(ascii: "#")
    }

    /// The text without a carriage return at the end.
    var bodyText: String { hasCarriageReturn ? String(text.unicodeScalars.dropLast()) : text }

    /// The lines of a file. Only a newline ends one: a carriage return before it belongs to the line.
    static func lines(of bytes: [UInt8]) -> (lines: [FileLine], endsWithNewline: Bool) {
        let newline = UInt8(ascii: "\n")
        var slices = bytes.split(separator: newline, omittingEmptySubsequences: false)
        let endsWithNewline = bytes.isEmpty || bytes.last == newline
        if endsWithNewline { slices.removeLast() }
        return (slices.map { FileLine(bytes: $0) }, endsWithNewline)
    }

    /// The bytes of a file of these lines; the opposite of `lines(of:)`.
    static func bytes(of lines: some Sequence<FileLine>, endsWithNewline: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        for line in lines { line.write(to: &bytes) }
        if !endsWithNewline, !bytes.isEmpty { bytes.removeLast() }
        return bytes
    }

    /// Writes the line and a newline.
    func write(to bytes: inout [UInt8]) {
        if let raw { bytes.append(contentsOf: raw) } else { bytes.append(contentsOf: text.utf8) }
        bytes.append(UInt8(ascii: "\n"))
    }
}
