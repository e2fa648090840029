import Values

/// The messages of an rtnetlink dump (netlink(7), rtnetlink(7)); what is cut off or lies ends the dump with a gap.
struct NetlinkMessages {
    struct Message {
        var type: UInt16
        /// What follows the header of 16 bytes.
        var body: NetlinkFields
    }

    private(set) var messages: [Message] = []
    private(set) var gap: String?

    init(_ dump: [UInt8]) {
        let fields = NetlinkFields(dump[...])
        var position = 0
        while position < dump.count {
            guard let length = fields.doubleWord(position), let type = fields.word(position + 4),
                length >= 16, Int(length) <= dump.count - position
            else {
                gap = "the message at byte \(position) of a dump is cut off"
                return
            }
            let end = position + Int(length)
            messages.append(Message(type: type, body: NetlinkFields(dump[(position + 16)..<end])))
            position += (Int(length) + 3) & ~3
        }
    }
}

/// Bytes in the machine's own order, read by offset; what lies beyond the end is nil.
struct NetlinkFields {
    let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    var count: Int { bytes.count }

    func byte(_ offset: Int) -> UInt8? {
        offset >= 0 && offset < bytes.count ? bytes[bytes.startIndex + offset] : nil
    }

    func word(_ offset: Int) -> UInt16? {
        guard let low = byte(offset), let high = byte(offset + 1) else { return nil }
        return UInt16(littleEndian: UInt16(low) | UInt16(high) << 8)
    }

    func doubleWord(_ offset: Int) -> UInt32? {
        guard offset >= 0, offset <= bytes.count - 4 else { return nil }
        var value: UInt32 = 0
        for index in 0..<4 { value |= UInt32(bytes[bytes.startIndex + offset + index]) << (8 * UInt32(index)) }
        return UInt32(littleEndian: value)
    }

    func slice(from offset: Int, count: Int) -> NetlinkFields? {
        guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else { return nil }
        let start = bytes.startIndex + offset
        return NetlinkFields(bytes[start..<(start + count)])
    }

    /// The text up to a NUL.
    var text: String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    var number: UInt32? { doubleWord(0) }
    var address: IPAddress? { IPAddress(bytes: Array(bytes)) }

    /// The attributes from an offset on.
    func attributes(from offset: Int) -> NetlinkAttributes { NetlinkAttributes(fields: self, start: offset) }
}

/// A row of attributes; each is looked for when it is asked for, since most are not.
struct NetlinkAttributes {
    let fields: NetlinkFields
    let start: Int

    /// The attribute of a type; of a repeated one the last.
    subscript(type: UInt16) -> NetlinkFields? {
        var found: NetlinkFields?
        var position = start
        while position >= 0, position <= fields.count - 4, let length = fields.word(position),
            let next = fields.word(position + 2)
        {
            guard length >= 4, Int(length) <= fields.count - position else { break }
            // The two high bits say that it is nested or in network order (linux/netlink.h).
            if next & 0x3FFF == type { found = fields.slice(from: position + 4, count: Int(length) - 4) }
            position += (Int(length) + 3) & ~3
        }
        return found
    }
}
