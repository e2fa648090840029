/// The parts of a TZif file that tell offsets (RFC 8536 §3), checked.
struct ZoneFile {
    var times: [Int64] = []
    var offsets: [Int] = []
    var firstOffset = 0
    var footer: ZoneFooter?

    /// The largest number of transitions and leap seconds that are read; the longest zone has some 240.
    private static let limit = 10_000

    private struct Header {
        var isUniversalCount, isStandardCount, leapCount, timeCount, typeCount, characterCount: Int

        /// §3.1; nil where a count breaks its rules.
        init?(_ bytes: [UInt8], at start: Int) {
            guard start >= 0, start + 44 <= bytes.count, bytes[start..<start + 4].elementsEqual("TZif".utf8) else {
                return nil
            }
            func count(_ index: Int) -> Int { ZoneFile.integer(bytes, at: start + 20 + index * 4, width: 4) }
            (isUniversalCount, isStandardCount, leapCount) = (count(0), count(1), count(2))
            (timeCount, typeCount, characterCount) = (count(3), count(4), count(5))
            guard (1...256).contains(typeCount), (0...ZoneFile.limit).contains(timeCount),
                (0...ZoneFile.limit).contains(leapCount), (1...4096).contains(characterCount),
                isUniversalCount == 0 || isUniversalCount == typeCount,
                isStandardCount == 0 || isStandardCount == typeCount
            else { return nil }
        }

        func length(timeWidth: Int) -> Int {
            timeCount * (timeWidth + 1) + typeCount * 6 + characterCount + leapCount * (timeWidth + 4)
                + isStandardCount + isUniversalCount
        }
    }

    init?(_ bytes: [UInt8]) {
        guard let first = Header(bytes, at: 0) else { return nil }
        guard bytes[4] >= UInt8(ascii: "2") else {
            guard bytes[4] == 0, read(bytes, first, at: 44, timeWidth: 4) else { return nil }
            return
        }
        let second = 44 + first.length(timeWidth: 4)
        guard let header = Header(bytes, at: second), read(bytes, header, at: second + 44, timeWidth: 8) else {
            return nil
        }
        let start = second + 44 + header.length(timeWidth: 8)
        guard start < bytes.count, bytes[start] == 0x0A,
            let end = bytes[(start + 1)...].firstIndex(of: 0x0A), end - start < 256
        else { return nil }
        let text = String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
        footer = ZoneFooter(text)
        if footer == nil, !text.isEmpty { return nil }
    }

    /// Reads the data block at `start` (§3.2); false where it breaks the rules.
    private mutating func read(_ bytes: [UInt8], _ header: Header, at start: Int, timeWidth: Int) -> Bool {
        guard start + header.length(timeWidth: timeWidth) <= bytes.count else { return false }
        let kinds = start + header.timeCount * timeWidth
        let types = kinds + header.timeCount
        let leaps = types + header.typeCount * 6 + header.characterCount
        var typeOffsets: [Int] = []
        for index in 0..<header.typeCount {
            let offset = Self.integer(bytes, at: types + index * 6, width: 4)
            guard (-93_600...93_600).contains(offset), bytes[types + index * 6 + 4] <= 1 else { return false }
            typeOffsets.append(offset)
        }
        firstOffset = typeOffsets[0]
        var leapSeconds: [(time: Int64, correction: Int)] = []
        for index in 0..<header.leapCount {
            let place = leaps + index * (timeWidth + 4)
            let correction = Self.integer(bytes, at: place + timeWidth, width: 4)
            guard abs(correction) < 1000 else { return false }
            leapSeconds.append((Int64(Self.integer(bytes, at: place, width: timeWidth)), correction))
        }
        for index in 0..<header.timeCount {
            let time = Int64(Self.integer(bytes, at: start + index * timeWidth, width: timeWidth))
            let kind = Int(bytes[kinds + index])
            guard kind < typeOffsets.count, times.last.map({ $0 < time }) ?? true else { return false }
            times.append(time)
            offsets.append(typeOffsets[kind])
        }
        if !leapSeconds.isEmpty {
            // Files below `right/` count leap seconds; the clock of the system does not.
            times = times.map { time in
                time &- Int64(leapSeconds.last { $0.time <= time }?.correction ?? 0)
            }
        }
        return true
    }

    private static func integer(_ bytes: [UInt8], at start: Int, width: Int) -> Int {
        var value: UInt64 = 0
        for byte in bytes[start..<(start + width)] { value = value << 8 | UInt64(byte) }
        return width == 8 ? Int(Int64(bitPattern: value)) : Int(Int32(truncatingIfNeeded: value))
    }
}
