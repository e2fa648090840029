import Values

/// The text of a serial field by sn-spec/1 §2.
public enum SerialText: Sendable, Hashable {
    case empty
    case text(String)
    /// Something that is no printable ASCII.
    case unprintable

    /// Decodes up to the first NUL; nothing but 0xFF is empty; white space at both ends goes.
    ///
    /// - Parameter trimsDots: also leading and trailing dots, as boards of Dell have them.
    public init(decoding bytes: [UInt8], trimsDots: Bool = false) {
        var rest = bytes.prefix { $0 != 0 }
        if rest.allSatisfy({ $0 == 0xFF }) {
            self = .empty
            return
        }
        func isTrimmed(_ byte: UInt8) -> Bool {
            byte == 0x20 || (0x09...0x0D).contains(byte) || trimsDots && byte == UInt8(ascii: ".")
        }
        while let first = rest.first, isTrimmed(first) { rest.removeFirst() }
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        if rest.isEmpty {
            self = .empty
        } else if rest.allSatisfy({ (0x20...0x7E).contains($0) }) {
            self = .text(String(decoding: rest, as: UTF8.self))
        } else {
            self = .unprintable
        }
    }

    /// The form that validity is judged on: lower case, letters and digits only.
    public static func squashed(_ text: String) -> String {
        let bytes = text.utf8.filter { $0.isASCIIWord }.map { $0.isASCIILetter ? $0 | 0x20 : $0 }
        return String(decoding: bytes, as: UTF8.self)
    }
}
