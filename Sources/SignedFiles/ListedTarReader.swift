import SystemFiles
public import Model

/// Reads a tar whose first entry says each byte that follows it, from its beginning to its end, and nothing twice.
public struct ListedTarReader {
    /// Hands over so many bytes from an offset on, fewer only at the end; it is asked in order, and for no byte twice, so it may be a
    /// stream.
    public typealias Source = (_ offset: Int, _ count: Int) throws(HostFault) -> [UInt8]

    private let source: Source
    /// A block that was read and not taken yet.
    private var waiting: [UInt8]?
    /// How far it was read.
    public private(set) var offset = 0
    /// What a file that is not as it must be is called: not to be trusted where somebody who counts has signed it.
    public var faultKind = SourceFault.Kind.refused
    private let maker: String

    private static let pieceSize = 256 << 10

    /// - Parameter maker: the command that makes such files, for hints.
    public init(madeBy maker: String, _ source: @escaping Source) { (self.source, self.maker) = (source, maker) }

    /// - Parameter hint: nil: that it was damaged on its way.
    public func fault(_ reason: String, at place: Int, hint: String? = nil) -> SourceFault {
        let damaged = "it was cut or changed on its way: fetch it again, or make it again with `\(maker)`"
        return SourceFault(faultKind, "byte \(place): \(reason)", hint: hint ?? damaged)
    }

    /// Gives back the block that was read last.
    mutating func putBack(_ block: [UInt8]) {
        waiting = block
        offset -= block.count
    }

    /// The next block.
    ///
    /// - Parameter name: of the entry that is expected.
    public mutating func block(_ name: String) throws(SourceFault) -> [UInt8] {
        let bytes: [UInt8]
        if let waiting { bytes = waiting } else { bytes = try self.bytes(TarHeader.blockSize) }
        waiting = nil
        guard bytes.count == TarHeader.blockSize else {
            throw fault("expected \(name), found the end of the file", at: offset)
        }
        offset += bytes.count
        return bytes
    }

    /// Hands over the bytes of an entry, and passes the zeros behind them.
    public mutating func content(
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
    public mutating func end() throws(SourceFault) {
        for _ in 0..<2 {
            let start = offset, block = try block("the two blocks of zeros at the end")
            if block.allSatisfy({ $0 == 0 }) { continue }
            throw fault(
                "expected the end of the archive, found \(FoundEntry(block).text), which is not in its list", at: start)
        }
        guard try bytes(1).isEmpty else { throw fault("expected the end of the file, found more bytes", at: offset) }
    }

    private func bytes(_ count: Int) throws(SourceFault) -> [UInt8] {
        do throws(HostFault) {
            return try source(offset, count)
        } catch {
            throw SourceFault(error)
        }
    }
}
