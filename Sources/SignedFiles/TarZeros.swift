public import SystemFiles

extension TarHeader {
    /// What follows so many bytes, up to the next block.
    public static func zeros(after byteCount: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: padding(after: byteCount))
    }

    /// The two blocks with which an archive ends.
    public static let end = [UInt8](repeating: 0, count: 2 * blockSize)
}
