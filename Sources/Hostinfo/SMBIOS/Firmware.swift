public import Values

/// What the firmware says about the machine: from raw SMBIOS tables, or from what the kernel repeats of them in sysfs.
///
/// Texts that may become an identity are kept as bytes; nil where the firmware has no text.
public struct Firmware: Sendable, Hashable {
    public struct BIOS: Sendable, Hashable {
        public var vendor, version, date: String?
        /// The bit "SMBIOS table describes a virtual machine" (SMBIOS 3.7 §7.1.2.2); nil before 2.4 and from sysfs.
        public var isVirtualMachine: Bool?
    }

    public struct System: Sendable, Hashable {
        public var vendor, product, version, sku, family: String?
        public var serial: [UInt8]?
        public var uuid: HardwareUUID?

        init(
            vendor: String? = nil, product: String? = nil, version: String? = nil, sku: String? = nil,
            family: String? = nil, serial: [UInt8]? = nil, uuid: HardwareUUID? = nil
        ) {
            self.vendor = vendor
            self.product = product
            self.version = version
            self.sku = sku
            self.family = family
            self.serial = serial
            self.uuid = uuid
        }

        /// A machine of a vendor, of which nothing else is known.
        public init(vendor: String?, product: String?) {
            self.init(vendor: vendor, product: product, version: nil)
        }
    }

    public struct Board: Sendable, Hashable {
        public var vendor, product, version: String?
        public var serial: [UInt8]?
        /// Type of the board (SMBIOS 3.7 §7.3.2), 0x0A a motherboard; nil where the firmware does not say.
        public var type: UInt8?
        public var handle: UInt16
    }

    public struct Chassis: Sendable, Hashable {
        public var vendor, version, sku, assetTag: String?
        public var serial: [UInt8]?
        /// Type without the lock bit (SMBIOS 3.7 §7.4.1).
        public var type: UInt8?
        public var handle: UInt16
    }

    /// The source: `smbios` or `sysfs`.
    public var origin: String
    /// The version of the tables, such as `3.1`; nil where the firmware does not say.
    public var version: String?
    public var bios: BIOS?
    public var system: System?
    public var boards: [Board] = []
    public var chassis: [Chassis] = []
    public var processors: [FirmwareProcessor] = []
    public var memory: [MemoryModule] = []
    public var gaps: [String] = []

    public init(origin: String) {
        self.origin = origin
    }
}

extension Firmware {
    /// Reads raw tables.
    ///
    /// - Parameters:
    ///   - table: `/sys/firmware/dmi/tables/DMI`, or a dump by `dmidecode --dump-bin` with the entry point in front.
    ///   - entryPoint: `/sys/firmware/dmi/tables/smbios_entry_point`; nil when there is none.
    public init(table bytes: [UInt8], entryPoint: [UInt8]?) {
        self.init(origin: "smbios")
        var bytes = bytes[...]
        var entry = entryPoint.flatMap { SMBIOSEntryPoint($0) }
        if entry == nil, let inner = SMBIOSEntryPoint(bytes) {
            // dmidecode(8): the entry point is rewritten so that the table begins at byte 32.
            entry = inner
            bytes = bytes.dropFirst(32)
        }
        if entryPoint != nil, entry == nil { gaps.append("the entry point has no known anchor") }
        gaps += entry?.gaps ?? []
        if let count = entry?.tableByteCount, count < bytes.count {
            bytes = bytes.prefix(count)
        } else if let entry, !entry.isWide, entry.tableByteCount > bytes.count {
            gaps.append("the entry point promises \(entry.tableByteCount) bytes, the table has \(bytes.count)")
        }
        let table = SMBIOSTable(bytes)
        gaps += table.gaps
        version = entry?.version
        let isSwapped = entry?.swapsUUIDs ?? Self.swapsUUIDs(table, &gaps)
        read(table, isSwapped: isSwapped)
    }

    /// Without an entry point the lengths of structures tell how old the tables are (SMBIOS 3.7 §7.1, §7.5).
    private static func swapsUUIDs(_ table: SMBIOSTable, _ gaps: inout [String]) -> Bool {
        let processor = table.all(4).map(\.fields.count).max() ?? 0
        let bios = table.all(0).map(\.fields.count).max() ?? 0
        let isOld = processor > 0 && processor < 0x28 || processor == 0 && bios > 0 && bios < 0x18
        gaps.append("no entry point: its version is taken from the structures, \(isOld ? "before" : "from") 2.6")
        return !isOld
    }

    private mutating func read(_ table: SMBIOSTable, isSwapped: Bool) {
        bios = table.all(0).first.map(Self.bios)
        system = table.all(1).first.map { Self.system($0, isSwapped: isSwapped) }
        boards = table.all(2).map(Self.board)
        chassis = table.all(3).map(Self.chassis)
        processors = table.all(4).map(FirmwareProcessor.init)
        memory = table.all(17).map(MemoryModule.init)
    }

    private static func bios(_ structure: SMBIOSStructure) -> BIOS {
        BIOS(
            vendor: structure.text(at: 4), version: structure.text(at: 5), date: structure.text(at: 8),
            isVirtualMachine: structure.fields.byte(0x13).map { $0 & 0x10 != 0 })
    }

    private static func system(_ structure: SMBIOSStructure, isSwapped: Bool) -> System {
        System(
            vendor: structure.text(at: 4), product: structure.text(at: 5), version: structure.text(at: 6),
            sku: structure.text(at: 0x19), family: structure.text(at: 0x1A), serial: structure.string(at: 7),
            uuid: structure.fields.slice(8, count: 16).flatMap { HardwareUUID(raw: $0, isSwapped: isSwapped) })
    }

    private static func board(_ structure: SMBIOSStructure) -> Board {
        Board(
            vendor: structure.text(at: 4), product: structure.text(at: 5), version: structure.text(at: 6),
            serial: structure.string(at: 7), type: structure.fields.byte(0x0D), handle: structure.handle)
    }

    private static func chassis(_ structure: SMBIOSStructure) -> Chassis {
        // The SKU follows the contained elements, whose count and size stand before them (SMBIOS 3.7 §7.4).
        let elements = Int(structure.fields.byte(0x13) ?? 0) * Int(structure.fields.byte(0x14) ?? 0)
        return Chassis(
            vendor: structure.text(at: 4), version: structure.text(at: 6), sku: structure.text(at: 0x15 + elements),
            assetTag: structure.text(at: 8), serial: structure.string(at: 7),
            type: structure.fields.byte(5).map { $0 & 0x7F }, handle: structure.handle)
    }
}
