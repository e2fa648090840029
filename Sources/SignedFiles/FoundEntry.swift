import SystemFiles
import Values

/// A block that stands where another one was expected, in words.
public struct FoundEntry {
    private let block: [UInt8]
    private let header: TarHeader?

    public init(_ block: [UInt8]) {
        self.block = block
        header = TarHeader(block)
    }

    public var name: String? { header.map { String(decoding: $0.name, as: UTF8.self) } }
    public var byteCount: Int? { header?.byteCount }
    public var isFile: Bool { header?.type == UInt8(ascii: "0") }

    public var text: String {
        if block.allSatisfy({ $0 == 0 }) { return "the end of the archive" }
        guard let header, let name else { return "no header of tar whose sum is right" }
        let shown = "`\(name.printableLine(columns: 80))`"
        if !isFile { return "\(Self.kind(header.type)) \(shown)" }
        if name.hasPrefix("/") { return "the absolute name \(shown)" }
        if name.split(separator: "/").contains("..") { return "the name \(shown), which leads out of it" }
        return shown
    }

    /// The kinds of entries (tar(5)).
    private static func kind(_ type: UInt8) -> String {
        switch type {
        case UInt8(ascii: "1"): "the hard link"
        case UInt8(ascii: "2"): "the link"
        case UInt8(ascii: "3"), UInt8(ascii: "4"): "the device"
        case UInt8(ascii: "5"): "the folder"
        case UInt8(ascii: "6"): "the fifo"
        case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "X"): "a header of pax, which does not belong here,"
        case UInt8(ascii: "L"), UInt8(ascii: "K"): "a long name of GNU tar, which does not belong here,"
        case UInt8(ascii: "S"): "the sparse file"
        default: "an entry of another kind than a plain file:"
        }
    }
}
