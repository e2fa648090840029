import Values

/// Checks of a file's bytes before libyaml sees them.
enum YAMLBytes {
    static func problem(of source: SourceText, limits: YAMLLimits) -> Diagnostic? {
        let bytes = source.bytes
        let start = source.place(line: 1, column: 1)
        if bytes.count > limits.fileByteCount {
            return Diagnostic("expected at most \(limits.fileByteCount) bytes, found \(bytes.count)", at: start)
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return Diagnostic("expected UTF-8, found UTF-16", at: start, hint: "save the file as UTF-8")
        }
        if let index = bytes.firstIndex(where: isControl) {
            let found = bytes[index] == 0 ? "a NUL byte" : "the control character 0x\(bytes[index].twoDigits)"
            return Diagnostic("expected text, found \(found)", at: place(of: index, in: source))
        }
        if String(validating: bytes, as: UTF8.self) == nil {
            return Diagnostic(
                "expected UTF-8, found the byte 0x\(bytes[firstBad(bytes)...].prefix(1).hexadecimal)",
                at: place(of: firstBad(bytes), in: source), hint: "save the file as UTF-8")
        }
        return nil
    }

    /// Whether YAML has no place for the character (YAML 1.2.2 §5.1); libyaml would not say where it stands.
    private static func isControl(_ byte: UInt8) -> Bool {
        byte == 0x7F || (byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D)
    }

    /// The index of the first byte that is no valid UTF-8.
    private static func firstBad(_ bytes: [UInt8]) -> Int {
        var low = 0, decoder = UTF8(), iterator = bytes.makeIterator()
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): low += UTF8.width(scalar)
            case .emptyInput, .error: return low
            }
        }
    }

    private static func place(of index: Int, in source: SourceText) -> Place {
        var line = 1, column = 1
        for byte in source.bytes[..<min(index, source.bytes.count)] {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return source.place(line: line, column: column)
    }
}
