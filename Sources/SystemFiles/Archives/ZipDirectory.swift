public import Model

/// The central directory of a zip file, with Zip64 (APPNOTE.TXT 6.3.10 of PKWARE, 4.3 to 4.5). What local headers say is not
/// believed, but for how long they are.
public struct ZipDirectory: Sendable {
    struct Member: Sendable {
        var name: [UInt8]
        var method: Int
        var sum: UInt32
        var packedCount: Int
        var byteCount: Int
        /// Of its local header.
        var offset: Int
        var mode: Int?
        var isDirectory: Bool
        var isLink: Bool
        var isSpecial: Bool
    }

    private let bytes: ArchiveBytes
    private(set) var members: [Member] = []

    public init(_ bytes: ArchiveBytes) throws(HostFault) {
        self.bytes = bytes
        let end = try Self.end(of: bytes)
        var offset = end.offset
        guard end.count <= bytes.byteCount / 46 else { throw Self.damaged }
        for _ in 0..<end.count { members.append(try member(at: &offset)) }
        // Members that share their bytes make bombs.
        let packed = members.reduce(into: 0) { $0 = $0.addingReportingOverflow($1.packedCount).partialValue }
        guard packed >= 0, packed <= bytes.byteCount else { throw Self.damaged }
    }

    private static let damaged = ArchiveBytes.fault("its directory is damaged")

    /// Where the directory begins, and how many members it has.
    private static func end(of bytes: ArchiveBytes) throws(HostFault) -> (offset: Int, count: Int) {
        let tailCount = min(bytes.byteCount, 65557), tailStart = bytes.byteCount - tailCount
        let tail = Fields(try bytes.read(at: tailStart, tailCount))
        guard tailCount >= 22,
            let place = (0...tailCount - 22).last(where: {
                tail.four($0) == 0x0605_4B50 && $0 + 22 + tail.two($0 + 20) == tailCount
            })
        else { throw fault("it has no directory") }
        guard tail.two(place + 4) == 0, tail.two(place + 6) == 0 else { throw fault("it is one of several parts") }
        let count = tail.two(place + 10), offset = tail.four(place + 16)
        guard count == 0xFFFF || offset == 0xFFFF_FFFF, place >= 20, tail.four(place - 20) == 0x0706_4B50 else {
            return (offset, count)
        }
        let wide = Fields(try bytes.read(at: try tail.eight(place - 12), 56))
        guard wide.four(0) == 0x0606_4B50 else { throw damaged }
        return (try wide.eight(48), try wide.eight(32))
    }

    private static func fault(_ reason: String) -> HostFault { ArchiveBytes.fault(reason) }

    private func member(at offset: inout Int) throws(HostFault) -> Member {
        let fixed = Fields(try bytes.read(at: offset, 46))
        guard fixed.four(0) == 0x0201_4B50 else { throw Self.damaged }
        let nameCount = fixed.two(28), extraCount = fixed.two(30)
        var name = try bytes.read(at: offset + 46, nameCount)
        let extra = Fields(try bytes.read(at: offset + 46 + nameCount, extraCount))
        offset += 46 + nameCount + extraCount + fixed.two(32)
        if fixed.two(8) & 1 != 0 { throw Self.fault("`\(String(decoding: name, as: UTF8.self))` in it is encrypted") }
        let isUnix = fixed.two(4) >> 8 == 3, attributes = fixed.four(38)
        // Programs of Windows write the names of their own.
        if fixed.two(4) >> 8 == 0 { name = name.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 } }
        let type = isUnix ? attributes >> 28 : 0
        var member = Member(
            name: name, method: fixed.two(10), sum: UInt32(fixed.four(16)), packedCount: fixed.four(20),
            byteCount: fixed.four(24), offset: fixed.four(42), mode: isUnix ? attributes >> 16 & 0o7777 : nil,
            isDirectory: name.last == UInt8(ascii: "/") || type == 4, isLink: type == 10,
            isSpecial: ![0, 4, 8, 10].contains(type))
        // No mode at all is no mode.
        if member.mode == 0 { member.mode = nil }
        try widen(&member, extra)
        return member
    }

    /// Takes the numbers that do not fit into four bytes from the extra field of Zip64.
    private func widen(_ member: inout Member, _ extra: Fields) throws(HostFault) {
        var place = 0
        while place + 4 <= extra.count {
            let end = place + 4 + extra.two(place + 2)
            guard end <= extra.count else { throw Self.damaged }
            if extra.two(place) == 1 {
                var next = place + 4
                for path in [\Member.byteCount, \Member.packedCount, \Member.offset]
                where member[keyPath: path] == 0xFFFF_FFFF {
                    guard next + 8 <= end else { throw Self.damaged }
                    member[keyPath: path] = try extra.eight(next)
                    next += 8
                }
            }
            place = end
        }
    }

    /// Writes all members one after the other as gzip(1) reads them: it checks their sums and sizes, and its output is the
    /// bytes of the members.
    public func writeGzip(_ sink: ([UInt8]) throws(HostFault) -> Void) throws(HostFault) {
        for member in members {
            let local = Fields(try bytes.read(at: member.offset, 30))
            guard local.four(0) == 0x0403_4B50 else { throw Self.damaged }
            let start = member.offset + 30 + local.two(26) + local.two(28)
            try sink([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF])
            switch member.method {
            case 8: try bytes.pieces(at: start, member.packedCount, sink)
            case 0:
                guard member.packedCount == member.byteCount else { throw Self.damaged }
                try writeStored(at: start, member.byteCount, sink)
            default:
                let name = String(decoding: member.name, as: UTF8.self)
                throw Self.fault("`\(name)` in it is compressed by the method \(member.method), which is not known")
            }
            try sink(Self.four(member.sum) + Self.four(UInt32(truncatingIfNeeded: member.byteCount)))
        }
    }

    /// Blocks without compression (RFC 1951, 3.2.4).
    private func writeStored(
        at start: Int, _ count: Int, _ sink: ([UInt8]) throws(HostFault) -> Void
    ) throws(HostFault) {
        var done = 0
        repeat {
            let step = min(0xFFFF, count - done), length = UInt16(step)
            let isLast: UInt8 = done + step == count ? 1 : 0
            let head = [
                isLast, UInt8(length & 0xFF), UInt8(length >> 8), UInt8(~length & 0xFF), UInt8(~length >> 8),
            ]
            try sink(head + bytes.read(at: start + done, step))
            done += step
        } while done < count
    }

    private static func four(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(number >> ($0 * 8) & 0xFF) } }

    /// The entries, of which `unpacked` has the bytes one after the other.
    func entries(_ unpacked: ArchiveBytes) throws(HostFault) -> [RawEntry] {
        var entries: [RawEntry] = [], offset = 0
        for member in members {
            var entry = RawEntry(name: member.name, kind: .file, mode: member.mode, byteCount: member.byteCount)
            entry.segments = [RawEntry.Segment(start: 0, offset: offset, count: member.byteCount)]
            guard member.byteCount <= unpacked.byteCount - offset else { throw Self.damaged }
            if member.isSpecial {
                entry.kind = .other("a device or a fifo")
            } else if member.isLink {
                guard member.byteCount <= 4096 else { throw Self.damaged }
                entry.kind = .link(try unpacked.read(at: offset, member.byteCount))
            } else if member.isDirectory {
                entry.kind = .directory
            }
            entries.append(entry)
            offset += member.byteCount
        }
        guard offset == unpacked.byteCount else { throw Self.damaged }
        return entries
    }
}

/// Numbers with their lowest byte first; what lies behind the end is 0.
private struct Fields {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var count: Int { bytes.count }

    private func number(_ offset: Int, _ width: Int) -> UInt64 {
        (0..<width).reduce(0) { value, index in
            let place = offset + index
            return value | UInt64(place < bytes.count ? bytes[place] : 0) << UInt64(index * 8)
        }
    }

    func two(_ offset: Int) -> Int { Int(number(offset, 2)) }
    func four(_ offset: Int) -> Int { Int(number(offset, 4)) }
    func eight(_ offset: Int) throws(HostFault) -> Int {
        guard let value = Int(exactly: number(offset, 8)), value < 1 << 56 else {
            throw ArchiveBytes.fault("its directory is damaged")
        }
        return value
    }
}
