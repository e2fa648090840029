public import Model

/// /etc/subuid or /etc/subgid (subuid(5)).
public struct SubordinateFile: HostDocument {
    private var lines: RecordLines
    /// Ranges that were taken when the first one was looked for, by their start.
    private var taken: [Range<UInt32>]?
    private var next = 0
    private var start = SubordinateFile.first

    /// SUB_UID_MIN, SUB_UID_MAX and SUB_UID_COUNT of login.defs(5).
    private static let first: UInt32 = 100_000
    private static let last: UInt32 = 600_100_000
    private static let count: UInt32 = 65536

    public init(parsing bytes: [UInt8]) {
        lines = RecordLines(parsing: bytes)
    }

    public var bytes: [UInt8] { lines.bytes }
    var isChanged: Bool { lines.isChanged }

    func hasLine(_ name: String) -> Bool { lines.position(of: name) != nil }

    /// Gives an account the first range that is free; nothing when it has one or none is left.
    mutating func allocate(for name: String) {
        guard !hasLine(name) else { return }
        let taken = self.taken ?? ranges
        self.taken = taken
        while next < taken.count, taken[next].lowerBound < start + Self.count {
            start = max(start, taken[next].upperBound)
            next += 1
        }
        guard start <= Self.last - Self.count + 1 else { return }
        lines.append([name, String(start), String(Self.count)])
        start += Self.count
    }

    mutating func remove(_ name: String) {
        guard hasLine(name) else { return }
        lines.removeAll(named: name)
        taken = nil
        next = 0
        start = Self.first
    }

    private var ranges: [Range<UInt32>] {
        lines.allPositions.compactMap { position -> Range<UInt32>? in
            let fields = lines.fields(at: position)
            guard fields.count == 3, let start = UInt32(fields[1].text), let count = UInt32(fields[2].text),
                start.addingReportingOverflow(count).overflow == false
            else { return nil }
            return start..<start + count
        }.sorted { $0.lowerBound < $1.lowerBound }
    }
}
