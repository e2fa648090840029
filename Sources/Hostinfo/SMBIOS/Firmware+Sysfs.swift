import Values

extension Firmware {
    /// What the kernel repeats of the tables below `/sys/class/dmi/id`, for a reader that may not see the tables.
    ///
    /// - Parameter value: the bytes of one of its files, nil without it.
    /// - Returns: nil when there is nothing at all.
    public init?(sysfs value: (String) -> [UInt8]?) {
        self.init(origin: "sysfs")
        func bytes(_ name: String) -> [UInt8]? {
            guard var bytes = value(name) else { return nil }
            if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            return bytes.isEmpty ? nil : bytes
        }
        func text(_ name: String) -> String? {
            bytes(name).map { String(decoding: $0, as: UTF8.self).trimmed }
        }
        bios = BIOS(
            vendor: text("bios_vendor"), version: text("bios_version"), date: text("bios_date"), isVirtualMachine: nil)
        // The kernel prints the UUID in the order of the tables' version, which it does not tell: nearly always swapped.
        // Dell's begin with DELL, so that theirs tell their order themselves.
        system = System(
            vendor: text("sys_vendor"), product: text("product_name"), version: text("product_version"),
            sku: text("product_sku"), family: text("product_family"), serial: bytes("product_serial"),
            uuid: text("product_uuid").flatMap {
                HardwareUUID(text: $0, isSwapped: !$0.lowercased().hasPrefix("44454c4c"))
            })
        let board = Board(
            vendor: text("board_vendor"), product: text("board_name"), version: text("board_version"),
            serial: bytes("board_serial"), type: nil, handle: 0)
        if board != Board(handle: 0) { boards = [board] }
        let chassis = Chassis(
            vendor: text("chassis_vendor"), version: text("chassis_version"), sku: nil,
            assetTag: text("chassis_asset_tag"), serial: bytes("chassis_serial"),
            type: text("chassis_type").flatMap { UInt8($0) }.map { $0 & 0x7F }, handle: 0)
        if chassis != Chassis(handle: 0) { self.chassis = [chassis] }
        if bios == BIOS(), system == System(), boards.isEmpty, self.chassis.isEmpty { return nil }
    }
}
