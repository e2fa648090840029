public import Model

/// Bytes that are read from any place: of an archive, or of what it is when nothing of it is compressed any more.
public struct ArchiveBytes: Sendable {
    public typealias Source = @Sendable (Range<Int>) throws(HostFault) -> [UInt8]

    public let byteCount: Int
    private let source: Source

    /// - Parameter source: hands over the bytes of a range within `byteCount`, all of them.
    public init(byteCount: Int, source: @escaping Source) {
        self.byteCount = byteCount
        self.source = source
    }

    public init(_ bytes: [UInt8]) {
        self.init(byteCount: bytes.count) { (range) throws(HostFault) in Array(bytes[range]) }
    }

    /// - Throws: also where the archive ends before.
    public func read(at offset: Int, _ count: Int) throws(HostFault) -> [UInt8] {
        let (end, overflows) = offset.addingReportingOverflow(count)
        guard offset >= 0, count >= 0, !overflows, end <= byteCount else { throw Self.fault("it ends before its end") }
        return try source(offset..<end)
    }

    /// A part of it, at most 256 KiB at a time.
    public func pieces(at offset: Int, _ count: Int, _ body: ([UInt8]) throws(HostFault) -> Void) throws(HostFault) {
        var done = 0
        while done < count {
            let step = min(1 << 18, count - done)
            try body(try read(at: offset + done, step))
            done += step
        }
    }

    static func fault(_ reason: String) -> HostFault { HostFault("unpack", "the archive", reason) }
}

/// The forms of archives, told by their first bytes.
public enum ArchiveFormat: Sendable, Hashable {
    case tar, zip
    case compressed(Compression)

    public enum Compression: String, Sendable {
        case gzip, bzip2, xz, zstd

        /// The package that brings the program.
        public var package: String { self == .xz ? "xz-utils" : rawValue }
    }

    /// nil for what is none of them.
    public init?(of bytes: ArchiveBytes) throws(HostFault) {
        let start = try bytes.read(at: 0, min(512, bytes.byteCount))
        if let compression = Self.compression(start) {
            self = .compressed(compression)
        } else if start.starts(with: [0x50, 0x4B, 3, 4]) || start.starts(with: [0x50, 0x4B, 5, 6]) {
            self = .zip
        } else if start.count == 512, TarHeader(start) != nil || start.allSatisfy({ $0 == 0 }) {
            self = .tar
        } else {
            return nil
        }
    }

    /// How a file is compressed that starts with some bytes; nil where it is not.
    public static func compression(_ start: some Collection<UInt8>) -> Compression? {
        if start.starts(with: [0x1F, 0x8B]) { return .gzip }
        if start.starts(with: Array("BZh".utf8)) { return .bzip2 }
        if start.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]) { return .xz }
        return start.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) ? .zstd : nil
    }

    /// For what is none of them.
    public static let unknown = ArchiveBytes.fault(
        "expected tar, tar.gz, tar.bz2, tar.xz, tar.zst or zip, found something else")
}
