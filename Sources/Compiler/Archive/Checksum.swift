import Model

/// The checksum in front of a cache. The files are not fsynced, and disks forget: what a power failure or a bad block left
/// of one must not count.
enum Checksum {
    /// A body with its checksum in front.
    static func before(_ body: [UInt8]) -> [UInt8] {
        var head = ByteWriter()
        head.write(Digest(of: body).bytes)
        return head.bytes + body
    }

    /// Reads the checksum and compares it with all that follows.
    static func holds(_ reader: inout ByteReader, over buffer: UnsafeRawBufferPointer) -> Bool {
        let written = reader.data()
        guard !reader.isBroken, reader.index <= buffer.count else { return false }
        return written == Digest(of: buffer[reader.index...]).bytes
    }
}
