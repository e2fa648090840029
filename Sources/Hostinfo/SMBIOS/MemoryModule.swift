/// One slot of memory (SMBIOS 3.7 §7.18, type 17).
public struct MemoryModule: Sendable, Hashable {
    public var slot, bank, vendor, part, serial, assetTag: String?
    /// Bytes of the module; 0 in an empty slot, nil when the size is not known.
    public var byteCount: UInt64?
    /// Megatransfers a second that the module is made for.
    public var speed: UInt32?
    /// The technology, such as `DDR4`.
    public var kind: String?

    public init(_ structure: SMBIOSStructure) {
        slot = structure.text(at: 0x10)
        bank = structure.text(at: 0x11)
        vendor = structure.text(at: 0x17)
        serial = structure.text(at: 0x18)
        assetTag = structure.text(at: 0x19)
        part = structure.text(at: 0x1A)
        byteCount = Self.byteCount(structure)
        speed = Self.speed(structure)
        kind = structure.fields.byte(0x12).flatMap { Self.kinds[$0] }
    }

    private static func byteCount(_ structure: SMBIOSStructure) -> UInt64? {
        switch structure.fields.word(0x0C) {
        case nil, 0xFFFF?: nil
        case 0?: 0
        // The extended size holds mebibytes in 31 bits.
        case 0x7FFF?: structure.fields.doubleWord(0x1C).map { UInt64($0 & 0x7FFF_FFFF) << 20 }
        case let size?: UInt64(size & 0x7FFF) << (size & 0x8000 == 0 ? 20 : 10)
        }
    }

    private static func speed(_ structure: SMBIOSStructure) -> UInt32? {
        switch structure.fields.word(0x15) {
        case nil, 0?: nil
        case 0xFFFF?: structure.fields.doubleWord(0x54).map { $0 & 0x7FFF_FFFF }
        case let speed?: UInt32(speed)
        }
    }

    /// SMBIOS 3.7 §7.18.2.
    private static let kinds: [UInt8: String] = [
        0x03: "DRAM", 0x0F: "SDRAM", 0x12: "DDR", 0x13: "DDR2", 0x14: "DDR2 FB-DIMM", 0x18: "DDR3", 0x19: "FBD2",
        0x1A: "DDR4", 0x1B: "LPDDR", 0x1C: "LPDDR2", 0x1D: "LPDDR3", 0x1E: "LPDDR4",
        0x1F: "Logical non-volatile device",
        0x20: "HBM", 0x21: "HBM2", 0x22: "DDR5", 0x23: "LPDDR5", 0x24: "HBM3", 0x07: "RAM", 0x09: "Flash",
    ]
}

/// One socket with its processor (SMBIOS 3.7 §7.5, type 4).
public struct FirmwareProcessor: Sendable, Hashable {
    public var socket, vendor, version, serial, part: String?
    public var isPopulated: Bool
    /// nil where it is not told.
    public var coreCount, threadCount: UInt16?
    /// Megahertz.
    public var greatestSpeed, currentSpeed: UInt16?

    public init(_ structure: SMBIOSStructure) {
        socket = structure.text(at: 4)
        vendor = structure.text(at: 7)
        version = structure.text(at: 0x10)
        serial = structure.text(at: 0x20)
        part = structure.text(at: 0x22)
        isPopulated = structure.fields.byte(0x18).map { $0 & 0x40 != 0 } ?? false
        greatestSpeed = structure.fields.word(0x14).flatMap { $0 == 0 ? nil : $0 }
        currentSpeed = structure.fields.word(0x16).flatMap { $0 == 0 ? nil : $0 }
        coreCount = Self.count(structure, 0x23, wide: 0x2A)
        threadCount = Self.count(structure, 0x25, wide: 0x2E)
    }

    /// A count of one byte; 255 means that the wider field has it, 0 that it is not known.
    private static func count(_ structure: SMBIOSStructure, _ offset: Int, wide: Int) -> UInt16? {
        switch structure.fields.byte(offset) {
        case nil, 0?: nil
        case 0xFF?: structure.fields.word(wide) ?? 0xFF
        case let count?: UInt16(count)
        }
    }
}
