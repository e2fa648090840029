public import Model

/// /etc/subuid or /etc/subgid (subuid(5)).
public struct SubordinateFile: HostDocument {
    private var lines: RecordLines
    /// Ranges that were taken when the first one was looked for, by their start.
    private var taken: [Range<UInt64>]?
    private var next = 0
    private var start: UInt64 = 0

    public init(parsing bytes: [UInt8]) {
        lines = RecordLines(parsing: bytes)
    }

    public var bytes: [UInt8] { lines.bytes }
    var isChanged: Bool { lines.isChanged }

    func hasLine(_ name: String) -> Bool { lines.hasLine(name) }

    /// Gives an account the first free range; does nothing if the account has a range or no range is left.
    mutating func allocate(for name: String, _ range: SubordinateRange) {
        guard range.count > 0, !hasLine(name) else { return }
        let taken = self.taken ?? ranges
        self.taken = taken
        start = max(start, range.first)
        while next < taken.count, taken[next].lowerBound < start + range.count {
            start = max(start, taken[next].upperBound)
            next += 1
        }
        guard start + range.count <= range.last + 1 else { return }
        lines.append([name, String(start), String(range.count)])
        start += range.count
    }

    mutating func remove(_ name: String) {
        guard hasLine(name) else { return }
        lines.removeAll(named: name)
        taken = nil
        next = 0
        start = 0
    }

    private var ranges: [Range<UInt64>] {
        lines.allPositions.compactMap { position -> Range<UInt64>? in
            let fields = lines.fields(at: position)
            guard fields.count >= 3, let start = fields[1].accountNumber, let count = fields[2].accountNumber else {
                return nil
            }
            return UInt64(start)..<UInt64(start) + UInt64(count)
        }.sorted { $0.lowerBound < $1.lowerBound }
    }
}
