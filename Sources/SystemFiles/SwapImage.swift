public import Model

/// The bytes of a new swap file: a header page, and zeros, written out so that the file has no holes (mkswap(8), swapon(8)).
public struct SwapImage: Sendable {
    private let header: [UInt8]
    private let byteCount: Int

    /// - Parameters:
    ///   - pageSize: that of the kernel which is to use it.
    ///   - name: what the file's UUID is made of.
    public init(byteCount: Int, pageSize: Int, name: String) {
        self.byteCount = byteCount
        var header = [UInt8](repeating: 0, count: pageSize)
        // `union swap_header` of the kernel's include/linux/swap.h: version, last page, number of bad pages, UUID.
        let numbers = [1, UInt32(clamping: byteCount / pageSize - 1), 0]
        let bytes = numbers.flatMap { number in withUnsafeBytes(of: number) { Array($0) } }
        var identity = Array(Digest(of: "swap \(name)").bytes.prefix(16))
        // A UUID of version 8, of somebody's own making (RFC 9562 §5.8).
        identity[6] = identity[6] & 0x0F | 0x80
        identity[8] = identity[8] & 0x3F | 0x80
        header.replaceSubrange(1024..<1024 + bytes.count + 16, with: bytes + identity)
        header.replaceSubrange(pageSize - 10..<pageSize, with: Array("SWAPSPACE2".utf8))
        self.header = header
    }

    public var content: FileContent {
        get throws(HostFault) {
            let digest = try Digest { (sink) throws(HostFault) in try write(to: sink) }
            return .stream(
                ByteStream("a swap file", byteCount: byteCount, sha256: digest.bytes) { (sink) throws(HostFault) in
                    try write(to: sink)
                })
        }
    }

    private func write(to sink: ByteStream.Sink) throws(HostFault) {
        var rest = byteCount, piece = header + [UInt8](repeating: 0, count: 1 << 20)
        while rest > 0 {
            let count = min(rest, piece.count)
            var fault: HostFault?
            piece.withUnsafeBytes { buffer in
                do throws(HostFault) { try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count])) } catch {
                    fault = error
                }
            }
            if let fault { throw fault }
            if rest == byteCount { piece.replaceSubrange(..<header.count, with: repeatElement(0, count: header.count)) }
            rest -= count
        }
    }

    /// The size of a page of the running kernel, by the auxiliary vector (getauxval(3)); 4,096 where it does not say.
    public static func pageSize(on host: some HostReading) -> Int {
        let path = AbsolutePath.root.appending("proc/self/auxv"), word = MemoryLayout<UInt>.size
        guard host.isRunning, let bytes = try? host.contents(of: path, limit: 1 << 16) else { return 4096 }
        let words = stride(from: 0, to: bytes.count - bytes.count % word, by: word).map { start in
            bytes[start..<start + word].withUnsafeBytes { $0.loadUnaligned(as: UInt.self) }
        }
        let found =
            stride(from: 0, to: words.count - 1, by: 2).first { words[$0] == 6 }.map { Int(words[$0 + 1]) } ?? 4096
        return found >= 4096 && found <= 1 << 20 ? found : 4096
    }
}
