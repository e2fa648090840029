/// The entry point of an SMBIOS table: which version it has and how long it is (SMBIOS 3.7 §5.2).
public struct SMBIOSEntryPoint: Sendable, Hashable {
    public var major: UInt8
    public var minor: UInt8
    /// How many bytes the table has at most (3.x) or exactly (2.x).
    public var tableByteCount: Int
    /// How many bytes the entry point itself has.
    public var byteCount: Int
    /// The 64-bit entry point, whose length of the table is an upper bound.
    public var isWide: Bool
    /// What is odd about it, in words.
    public var gaps: [String] = []

    /// Whether the first three fields of a UUID are stored with the low byte first: since 2.6 (SMBIOS 3.7 §7.2.1).
    public var swapsUUIDs: Bool { (major, minor) >= (2, 6) }
    public var version: String { "\(major).\(minor)" }

    /// - Returns: nil when the bytes begin with neither anchor or are too few.
    public init?(_ bytes: some Collection<UInt8>) {
        let bytes = ByteFields(Array(bytes.prefix(64)))
        if bytes.starts(with: "_SM3_"), let length = bytes.byte(6), let table = bytes.doubleWord(12) {
            guard let major = bytes.byte(7), let minor = bytes.byte(8), bytes.count >= 24 else { return nil }
            self.init(major: major, minor: minor, table: Int(table), length: Int(length), isWide: true)
        } else if bytes.starts(with: "_SM_"), let length = bytes.byte(5), let table = bytes.word(22) {
            guard let major = bytes.byte(6), let minor = bytes.byte(7), bytes.count >= 31 else { return nil }
            self.init(major: major, minor: minor, table: Int(table), length: Int(length), isWide: false)
        } else {
            return nil
        }
        checkSum(of: bytes)
    }

    private init(major: UInt8, minor: UInt8, table: Int, length: Int, isWide: Bool) {
        // Some 2.x firmware writes its version as 2.31 or 2.51 and means 2.3 and 2.6, as dmidecode knows.
        switch (major, minor) {
        case (2, 31), (2, 33): (self.major, self.minor) = (2, 3)
        case (2, 51): (self.major, self.minor) = (2, 6)
        default: (self.major, self.minor) = (major, minor)
        }
        tableByteCount = table
        byteCount = length
        self.isWide = isWide
    }

    private mutating func checkSum(of bytes: ByteFields) {
        // A 2.1 entry point may say 0x1E where it means 0x1F (SMBIOS 3.7 §5.2.1).
        if !isWide, byteCount == 0x1E { byteCount = 0x1F }
        guard byteCount >= (isWide ? 24 : 31), byteCount <= bytes.count else {
            gaps.append("the entry point says that it has \(byteCount) bytes")
            byteCount = isWide ? 24 : 31
            return
        }
        let sum = bytes.all.prefix(byteCount).reduce(UInt8(0)) { $0 &+ $1 }
        if sum != 0 { gaps.append("the checksum of the entry point is wrong") }
    }
}
