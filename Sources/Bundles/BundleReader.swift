import HostFiles
import Model
import SystemCalls

/// Reads a bundle from its beginning to its end, and nothing twice.
struct BundleReader {
    private let file: RangeFile
    /// How far it was read.
    private(set) var offset = 0
    /// What a bundle that is not as it must be is called: not to be trusted where somebody who counts has signed it.
    var faultKind = SourceFault.Kind.refused

    private static let pieceSize = 256 << 10
    private static let damaged =
        "it was cut or changed on its way: fetch it again, or make it again with `lodestar bundle`"

    init(_ file: RangeFile) { self.file = file }

    func fault(_ reason: String, at place: Int, hint: String = damaged) -> SourceFault {
        SourceFault(faultKind, "byte \(place): \(reason)", hint: hint)
    }

    /// The next block.
    ///
    /// - Parameter name: of the entry that is expected.
    mutating func block(_ name: String) throws(SourceFault) -> [UInt8] {
        let bytes = try bytes(TarHeader.blockSize)
        guard bytes.count == TarHeader.blockSize else {
            throw fault("expected \(name), found the end of the file", at: offset)
        }
        offset += bytes.count
        return bytes
    }

    /// Hands over the bytes of an entry, and passes the zeros behind them.
    mutating func content(
        _ name: String, _ byteCount: Int, _ sink: ([UInt8]) throws(SourceFault) -> Void
    ) throws(SourceFault) {
        var rest = byteCount
        while rest > 0 {
            let piece = try bytes(min(rest, Self.pieceSize))
            guard !piece.isEmpty else {
                throw fault("expected \(rest) more bytes of \(name), found the end of the file", at: offset)
            }
            try sink(piece)
            offset += piece.count
            rest -= piece.count
        }
        let padding = try bytes(TarHeader.padding(after: byteCount))
        guard padding.count == TarHeader.padding(after: byteCount) else {
            throw fault("expected zeros behind \(name), found the end of the file", at: offset)
        }
        if let place = padding.firstIndex(where: { $0 != 0 }) {
            throw fault("expected zeros behind \(name), found other bytes", at: offset + place)
        }
        offset += padding.count
    }

    /// The two blocks of zeros with which the file ends.
    mutating func end() throws(SourceFault) {
        for _ in 0..<2 {
            let start = offset, block = try block("the two blocks of zeros at the end")
            if block.allSatisfy({ $0 == 0 }) { continue }
            throw fault(
                "expected the end of the archive, found \(FoundEntry(block).text), which is not in its list", at: start)
        }
        guard offset == file.byteCount else {
            throw fault("expected the end of the file, found \(Int(file.byteCount) - offset) more bytes", at: offset)
        }
    }

    private func bytes(_ count: Int) throws(SourceFault) -> [UInt8] {
        do throws(HostFault) {
            return try file.bytes(at: UInt64(offset), count: count)
        } catch {
            throw SourceFault(error)
        }
    }
}

/// A block that stands where another one was expected, in words.
struct FoundEntry {
    private let block: [UInt8]
    private let header: TarHeader?

    init(_ block: [UInt8]) {
        self.block = block
        header = TarHeader(block)
    }

    var name: String? { header.map { String(decoding: $0.name, as: UTF8.self) } }
    var byteCount: Int? { header?.byteCount }
    var isFile: Bool { header?.type == UInt8(ascii: "0") }

    var text: String {
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
        case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "X"): "a header of pax, which no bundle has,"
        case UInt8(ascii: "L"), UInt8(ascii: "K"): "a long name of GNU tar, which no bundle has,"
        case UInt8(ascii: "S"): "the sparse file"
        default: "an entry of another kind than a plain file:"
        }
    }
}
