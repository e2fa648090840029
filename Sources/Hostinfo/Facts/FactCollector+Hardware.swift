import Values

extension FactCollector {
    /// `/proc/cpuinfo` (proc(5)); where it does not tell sockets and cores, the topology in sysfs.
    var processors: Datum {
        var model: String?, vendor: String?, flags: [Datum] = []
        var sockets: Set<ArraySlice<UInt8>> = [], cores: Set<[ArraySlice<UInt8>]> = [], socket: ArraySlice<UInt8> = []
        var info: [UInt8] = []
        if case .bytes(let bytes) = tree.read("proc/cpuinfo") { info = bytes }
        // By bytes: a machine of 256 threads has some 400 kB of it.
        for line in info.split(separator: 0x0A) {
            guard let key = CPUInfoKey.allCases.first(where: { line.starts(with: $0.rawValue.utf8) }),
                let colon = line.firstIndex(of: UInt8(ascii: ":"))
            else { continue }
            let value = line[(colon + 1)...].drop { $0 == 0x20 }
            switch key {
            case .model, .olderModel: model = model ?? String(decoding: value, as: UTF8.self)
            case .vendor, .implementer: vendor = vendor ?? String(decoding: value, as: UTF8.self)
            case .flags, .features:
                guard flags.isEmpty else { continue }
                flags = value.split(separator: 0x20).map { .string(String(decoding: $0, as: UTF8.self)) }
            case .socket:
                socket = value
                sockets.insert(value)
            case .core: cores.insert([socket, value])
            }
        }
        let threads = max(1, Self.count(inRanges: tree.text("sys/devices/system/cpu/online") ?? "0"))
        return [
            "count": .int(Int64(threads)), "model": .string(model ?? ""), "vendor": .string(vendor ?? ""),
            "sockets": .int(Int64(max(1, sockets.count))),
            "cores": .int(Int64(cores.isEmpty ? threads : cores.count)), "threads": .int(Int64(threads)),
            "flags": .list(flags),
        ]
    }

    /// How many numbers a list such as `0-3,8` names.
    static func count(inRanges text: String) -> Int {
        text.split(separator: ",").reduce(0) { sum, part in
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, last >= first, last < 1 << 20 else { return sum }
            return sum + last - first + 1
        }
    }

    /// `/proc/meminfo` in kibibytes; the modules as the firmware lists them, for root only.
    var memory: Datum {
        let line = tree.lines("proc/meminfo").first { $0.hasPrefix("MemTotal:") }
        let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 0
        let modules = HostCollection(tree).readFirmware()?.memory ?? []
        return [
            "total_bytes": .int(kibibytes.multipliedReportingOverflow(by: 1024).partialValue),
            "modules": .list(modules.filter { $0.byteCount != 0 }.map(\.datum)),
            "slots": .int(Int64(modules.count)),
        ]
    }

    /// How the firmware starts systems. Secure boot is a byte after four of attributes (UEFI 2.10 §3.3).
    var firmware: Datum {
        let found = HostCollection(tree).readFirmware()
        let isUEFI = tree.names(in: "sys/firmware/efi") != nil
        let hasTree = tree.names(in: "sys/firmware/devicetree/base") != nil
        var secureBoot = Datum.null
        let variable = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
        if isUEFI, case .bytes(let bytes) = tree.read(variable), bytes.count == 5 { secureBoot = .bool(bytes[4] == 1) }
        return [
            "type": .string(isUEFI ? "uefi" : found == nil && hasTree ? "devicetree" : "bios"),
            "secure_boot": secureBoot, "vendor": Datum(found?.bios?.vendor), "version": Datum(found?.bios?.version),
            "date": Datum(found?.bios?.date),
        ]
    }

    var system: Datum {
        let found = HostCollection(tree).readFirmware()
        let system = found?.system, chassis = found?.chassis.first, board = found?.boards.first
        return [
            "vendor": Datum(system?.vendor), "product": Datum(system?.product), "version": Datum(system?.version),
            "uuid": Datum(system?.uuid?.text), "family": Datum(system?.family), "sku": Datum(system?.sku),
            "chassis_type": Datum(chassis?.type.flatMap { ChassisType.name(of: $0) }),
            "asset_tag": Datum(chassis?.assetTag),
            "board": [
                "vendor": Datum(board?.vendor), "product": Datum(board?.product), "version": Datum(board?.version),
            ],
            "processors": .list((found?.processors ?? []).filter(\.isPopulated).map(\.datum)),
        ]
    }
}

/// What is read of `/proc/cpuinfo`.
private enum CPUInfoKey: String, CaseIterable {
    case model = "model name"
    case olderModel = "cpu model"
    case vendor = "vendor_id"
    case implementer = "CPU implementer"
    case flags
    case features = "Features"
    case socket = "physical id"
    case core = "core id"
}

extension MemoryModule {
    var datum: Datum {
        [
            "slot": Datum(slot), "bank": Datum(bank), "size_bytes": Datum(byteCount), "type": Datum(kind),
            "vendor": Datum(vendor), "part": Datum(part), "serial": Datum(serial),
            "speed_mts": Datum(speed.map { UInt64($0) }),
        ]
    }
}

extension FirmwareProcessor {
    var datum: Datum {
        [
            "socket": Datum(socket), "vendor": Datum(vendor), "model": Datum(version),
            "cores": Datum(coreCount.map { UInt64($0) }), "threads": Datum(threadCount.map { UInt64($0) }),
            "greatest_mhz": Datum(greatestSpeed.map { UInt64($0) }),
        ]
    }
}

extension Datum {
    /// A number, or null without one.
    init(_ number: UInt64?) {
        self = number.map { .int(Int64(clamping: $0)) } ?? .null
    }
}
