import Hostinfo
import Values

/// Writes SMBIOS tables, and what the kernel repeats of them, from the fields of a conformance case.
struct FirmwareBuilder {
    var table: [UInt8] = []
    var version: (major: UInt8, minor: UInt8) = (3, 1)
    /// The files of /sys/class/dmi/id.
    var sysfs: [String: [UInt8]] = [:]

    init(_ firmware: Datum) {
        if let text = firmware["version"]?.string {
            let parts = text.split(separator: ".").compactMap { UInt8($0) }
            version = (parts[0], parts[1])
        }
        if let system = firmware["system"] { add(system: system) }
        for board in firmware["boards"]?.list ?? [] { add(board: board) }
        for (index, chassis) in (firmware["chassis"]?.list ?? []).enumerated() { add(chassis: chassis, index) }
        structure(127, 0xFEFF, [], [])
    }

    var entryPoint: [UInt8] {
        version.major >= 3 ? wideEntryPoint : shortEntryPoint
    }

    private var wideEntryPoint: [UInt8] {
        var bytes = Array("_SM3_".utf8) + [0, 24, version.major, version.minor, 0, 1, 0]
        bytes += little(UInt32(table.count)) + little(32) + little(0)
        bytes[5] = 0 &- bytes.reduce(0, &+)
        return bytes
    }

    private var shortEntryPoint: [UInt8] {
        var bytes = Array("_SM_".utf8) + [0, 31, version.major, version.minor, 0, 1, 0, 0, 0, 0, 0, 0]
        bytes += Array("_DMI_".utf8) + [0] + [UInt8(table.count & 0xFF), UInt8(table.count >> 8)]
        bytes += little(32) + [4, 0, 0x27]
        bytes[4] = 0 &- bytes.reduce(0, &+)
        return bytes
    }

    private func little(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(number >> (8 * $0) & 0xFF) } }

    /// The bytes of a text of a case: its characters, or `{hex: ...}`.
    static func bytes(_ datum: Datum?) -> [UInt8]? {
        if let text = datum?.string { return Array(text.utf8) }
        return datum?["hex"]?.string.map(hexadecimal)
    }

    static func hexadecimal(_ text: String) -> [UInt8] {
        let digits = Array(text)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0 }
    }

    private mutating func structure(_ type: UInt8, _ handle: UInt16, _ body: [UInt8], _ strings: [[UInt8]]) {
        table += [type, UInt8(body.count + 4), UInt8(handle & 0xFF), UInt8(handle >> 8)] + body
        for string in strings { table += string + [0] }
        table += strings.isEmpty ? [0, 0] : [0]
    }

    /// Collects strings and hands out their numbers; an empty one has none in the table.
    private struct Strings {
        var all: [[UInt8]] = []

        mutating func number(_ bytes: [UInt8]?) -> UInt8 {
            guard let bytes, !bytes.isEmpty, bytes.first != 0 else { return 0 }
            all.append(bytes)
            return UInt8(all.count)
        }
    }

    private mutating func add(system: Datum) {
        var strings = Strings()
        func bytes(_ key: String) -> [UInt8]? { Self.bytes(system[key]) }
        // A serial that is there and empty is a blank in the tables, so that there is a field to judge.
        let serial = bytes("serial").map { $0.isEmpty || $0.first == 0 ? [0x20] : $0 }
        let uuid = Self.hexadecimal(system["uuid"]?.string ?? String(repeating: "0", count: 32))
        let head = [
            strings.number(bytes("vendor")), strings.number(bytes("product")), strings.number(bytes("version")),
            strings.number(serial),
        ]
        structure(
            1, 0x100, head + uuid + [6, strings.number(bytes("sku")), strings.number(bytes("family"))], strings.all)
        for (key, file) in [
            ("vendor", "sys_vendor"), ("product", "product_name"), ("version", "product_version"),
            ("sku", "product_sku"),
            ("family", "product_family"),
        ] {
            if let bytes = bytes(key) { sysfs[file] = bytes + [0x0A] }
        }
        if let serial { sysfs["product_serial"] = serial + [0x0A] }
        if let uuid = HardwareUUID(raw: uuid, isSwapped: version >= (2, 6)) {
            sysfs["product_uuid"] = Array("\(uuid.text)\n".utf8)
        }
    }

    private mutating func add(board: Datum) {
        var strings = Strings()
        func bytes(_ key: String) -> [UInt8]? { Self.bytes(board[key]) }
        let head = ["vendor", "product", "version", "serial"].map { strings.number(bytes($0)) }
        structure(
            2, UInt16(board["handle"]?.int ?? 0x200), head + [0, 1, 0, 0, 0, UInt8(board["type"]?.int ?? 10)],
            strings.all)
        if sysfs["board_serial"] == nil, let serial = bytes("serial") { sysfs["board_serial"] = serial + [0x0A] }
        if let vendor = bytes("vendor") { sysfs["board_vendor"] = vendor + [0x0A] }
        if let product = bytes("product") { sysfs["board_name"] = product + [0x0A] }
    }

    private mutating func add(chassis: Datum, _ index: Int) {
        var strings = Strings()
        func bytes(_ key: String) -> [UInt8]? { Self.bytes(chassis[key]).map { $0.isEmpty ? [0x20] : $0 } }
        let type = UInt8(chassis["type"]?.int ?? 23)
        let body = [
            strings.number(bytes("vendor")), type, strings.number(bytes("version")), strings.number(bytes("serial")), 0,
            3, 3, 3, 3, 0, 0, 0, 0, 2, 1, 0, 0,
        ]
        structure(3, UInt16(0x300 + index), body, strings.all)
        if let serial = bytes("serial") { sysfs["chassis_serial"] = serial + [0x0A] }
        sysfs["chassis_type"] = Array("\(type & 0x7F)\n".utf8)
    }
}

extension Datum {
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var int: Int? { if case .int(let number) = self { Int(number) } else { nil } }
    var list: [Datum]? { if case .list(let items) = self { items } else { nil } }
    var members: [Datum.Member] { if case .map(let members) = self { members } else { [] } }
    var items: [Datum] { if case .list(let items) = self { items } else { [] } }
}
