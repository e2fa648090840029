public import Model
public import SystemCalls

/// Reports that wait for a receiver: a file each, the oldest first, never more than a number of bytes. The oldest go first where there is no
/// room, and are counted.
public struct ReportSpool {
    private let folder: String
    private let byteLimit: Int

    /// What a receiver did with a report.
    public enum Answer: Sendable {
        case taken
        /// It does not take this one, and may take others: 400, 413, 422.
        case refused
        /// It takes none now.
        case unavailable
    }

    /// After so many refused ones in a row the rest waits too.
    private static let greatestRefusedCount = 3
    private static let suffix = ".json", counts = "counts"

    public init(in state: String, byteLimit: Int) { (folder, self.byteLimit) = ("\(state)/spool", byteLimit) }

    /// Who sends them has it locked.
    public func lock() throws -> ProcessLock { try ProcessLock(at: "\(folder)/lock") }

    /// How many wait, their bytes, and how many were dropped since there is a spool.
    public var waitingCount: Int { (try? names().count) ?? 0 }
    public var droppedCount: Int { number("dropped") }

    /// Puts a report behind the others.
    public func add(_ report: String) throws(HostFault) {
        try LocalFiles.makeDirectory(folder, mode: 0o700)
        let bytes = Array(report.utf8), last = try names().last.flatMap { Int($0.dropLast(Self.suffix.utf8.count)) }
        let next = max(number("next"), (last ?? 0) + 1)
        var dropped = droppedCount
        if bytes.count > byteLimit {
            dropped += 1
        } else {
            dropped += try makeRoom(for: bytes.count)
            try LocalFiles.write(bytes, to: path(of: Self.name(of: next)))
        }
        let record: Datum = ["next": .int(Int64(next + 1)), "dropped": .int(Int64(dropped))]
        try LocalFiles.write(Array("\(record.compactJSON)\n".utf8), to: "\(folder)/\(Self.counts)", isDurable: false)
    }

    /// Hands over all that wait, the oldest first, until somebody takes none.
    ///
    /// - Returns: whether nothing waits any more.
    public func send(_ post: ([UInt8]) throws -> Answer) throws -> Bool {
        var refusedCount = 0, isEmpty = true
        for name in try names() {
            // One that was dropped meanwhile.
            guard let bytes = try LocalFiles.stateContents(of: path(of: name), limit: byteLimit) else { continue }
            switch try post(bytes) {
            case .taken:
                LocalFiles.remove(path(of: name))
                refusedCount = 0
            case .refused:
                isEmpty = false
                refusedCount += 1
                if refusedCount == Self.greatestRefusedCount { return false }
            case .unavailable: return false
            }
        }
        return isEmpty
    }

    /// Drops the oldest.
    ///
    /// - Returns: how many.
    private func makeRoom(for byteCount: Int) throws(HostFault) -> Int {
        let files = try names().map { (path(of: $0), Self.size(of: path(of: $0))) }
        var sum = files.reduce(byteCount) { $0 + $1.1 }, count = 0
        for (path, size) in files where sum > byteLimit {
            LocalFiles.remove(path)
            sum -= size
            count += 1
        }
        return count
    }

    private func names() throws(HostFault) -> [String] {
        try LocalFiles.names(in: folder).filter { $0.hasSuffix(Self.suffix) }
    }
    private func path(of name: String) -> String { "\(folder)/\(name)" }

    private static func size(of path: String) -> Int { (try? RangeFile(path)).map { Int($0.byteCount) } ?? 0 }

    /// As many digits as keep the order of numbers.
    private static func name(of number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + digits + suffix
    }

    private func number(_ key: String) -> Int {
        guard let bytes = try? LocalFiles.stateContents(of: "\(folder)/\(Self.counts)", limit: 4096),
            let datum = try? Datum(json: bytes), case .int(let number)? = datum[key]
        else { return 0 }
        return Int(clamping: number)
    }
}
