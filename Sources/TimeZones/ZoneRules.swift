import Values

/// The offsets of one time zone from UTC, read from a TZif file (RFC 8536).
///
/// The file's transitions say when an offset begins; after the last one the footer's rule goes on for ever.
public struct ZoneRules: Sendable {
    /// When each offset begins, in seconds since 1970, ascending; neighbours differ in their offset.
    public private(set) var transitions: [Int64]
    /// The offset from UTC, in seconds, that begins with the transition of the same index.
    public private(set) var offsets: [Int]
    /// The offset before the first transition.
    public private(set) var firstOffset: Int
    private let footer: ZoneFooter?
    /// From here on the footer decides; nil where the transitions say all.
    private var footerStart: Int64?

    /// Universal time: no transitions, no offset.
    public static let utc = ZoneRules(fixedOffset: 0)

    /// A zone that never changes, `seconds` east of Greenwich.
    public init(fixedOffset seconds: Int) {
        (transitions, offsets, firstOffset, footer, footerStart) = ([], [], seconds, nil, nil)
    }

    /// Reads a TZif file of any version; nil for what RFC 8536 does not allow.
    public init?(tzif bytes: [UInt8]) {
        guard let file = ZoneFile(bytes) else { return nil }
        (transitions, offsets) = ([], [])
        (firstOffset, footer) = (file.firstOffset, file.footer)
        for (time, offset) in zip(file.times, file.offsets) { append(time, offset) }
        footerStart = footer == nil ? nil : file.times.last ?? .min
    }

    private mutating func append(_ time: Int64, _ offset: Int) {
        guard offset != offsets.last ?? firstOffset, transitions.last.map({ $0 < time }) ?? true else { return }
        transitions.append(time)
        offsets.append(offset)
    }

    /// The same zone with the footer's rule written out as transitions through the end of `year` (at most 2500).
    public func extended(through year: Int = 2200) -> ZoneRules {
        guard let footer, let start = footerStart else { return self }
        var rules = self
        // A file without transitions leaves all to its footer.
        if start == .min { rules.firstOffset = footer.offset(at: -1 << 40) }
        let firstYear = max(1900, CivilDate.clock(at: max(start, -1 << 40)).date.year)
        guard firstYear <= min(year, 2500) else { return self }
        for current in firstYear...min(year, 2500) {
            for (time, offset) in footer.transitions(in: current) where time > start { rules.append(time, offset) }
        }
        rules.footerStart = Int64(CivilDate.days(year: min(year, 2500) + 1, month: 1, day: 1) * 86400)
        return rules
    }

    /// The number of transitions at or before a moment.
    @inlinable
    public func index(at seconds: Int64) -> Int {
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low &+ high) / 2
            if transitions[middle] <= seconds { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    /// The offset from UTC, in seconds, at a moment in seconds since 1970.
    public func offset(at seconds: Int64) -> Int {
        if let footer, let start = footerStart, seconds >= start { return footer.offset(at: seconds) }
        let index = index(at: seconds)
        return index == 0 ? firstOffset : offsets[index - 1]
    }
}
