import Values
import Foundation
import Hostinfo
import Testing

/// The captured tables, beside what dmidecode(8) prints of them.
@Suite struct FirmwareTests {
    static let names = [
        "ASRock-Single-Ryzen.dmi", "Beelink-EQ12.dmi", "Dell-PowerEdge-R630-Dual-Xeon.dmi", "GigaByte-X399.bin",
        "HyperV.dmi", "MSI-MS-7816.bin", "SuperMicro-X9DBL.bin", "Synology-RS3614xsp.bin",
    ]

    @Test(
        .enabled(if: Dump.canBePrinted, "\(Dump.program) is not installed: it comes with `make install`"),
        arguments: names)
    func tablesAgreeWithDmidecode(_ name: String) throws {
        let dump = Dump(Fixture.bytes("Captures/smbios/\(name)"))
        let firmware = Firmware(table: dump.bytes, entryPoint: nil)
        let printed = try dump.printed()
        func section(_ title: String) -> [[String: String]] { printed.filter { $0[""] == title } }
        let system = try #require(section("System Information").first)
        #expect(Self.shown(firmware.system?.serial) == system["Serial Number"])
        #expect(
            firmware.system?.vendor ?? "Not Specified" == system["Manufacturer"]?.trimmingCharacters(in: .whitespaces))
        let uuid = system["UUID"] ?? ""
        if uuid.contains("-") { #expect(firmware.system?.uuid?.text == uuid) }
        let boards = section("Base Board Information")
        #expect(firmware.boards.map { Self.shown($0.serial) } == boards.map { $0["Serial Number"] })
        let chassis = section("Chassis Information")
        #expect(firmware.chassis.map { Self.shown($0.serial) } == chassis.map { $0["Serial Number"] })
        #expect(firmware.chassis.map { $0.type.flatMap { ChassisType.name(of: $0) } } == chassis.map { $0["Type"] })
        #expect(firmware.memory.map(Self.size) == section("Memory Device").map { $0["Size"] })
        // Of an empty slot dmidecode prints little.
        let modules = firmware.memory.filter { $0.byteCount != 0 }
        let slots = section("Memory Device").filter { $0["Size"] != "No Module Installed" }
        #expect(modules.map { Self.shown($0.part) } == slots.map { $0["Part Number"] })
        #expect(modules.map { Self.shown($0.serial) } == slots.map { $0["Serial Number"] })
        #expect(modules.map { Self.shown($0.slot) } == slots.map { $0["Locator"] })
        #expect(modules.map { $0.speed.map { "\($0) MT/s" } ?? "Unknown" } == slots.map { $0["Speed"] })
        #expect(modules.map { $0.kind } == slots.map { $0["Type"] })
        let processors = section("Processor Information")
        #expect(
            firmware.processors.map { $0.version ?? "Not Specified" }
                == processors.map { $0["Version"]?.trimmingCharacters(in: .whitespaces) })
        #expect(
            firmware.processors.map { $0.coreCount.map { "\($0)" } } == processors.map { $0["Core Count"] })
        #expect(
            firmware.processors.map(\.isPopulated) == processors.map { $0["Status"]?.hasPrefix("Populated") ?? false })
    }

    private static func shown(_ bytes: [UInt8]?) -> String {
        bytes.map { String(decoding: $0, as: UTF8.self) }?.trimmingCharacters(in: .whitespaces) ?? "Not Specified"
    }

    private static func shown(_ text: String?) -> String { text ?? "Not Specified" }

    /// As dmidecode prints a size: the greatest unit that leaves no rest.
    private static func size(_ module: MemoryModule) -> String {
        switch module.byteCount {
        case nil: return "Unknown"
        case 0?: return "No Module Installed"
        case let count?:
            let units = [(40, "TB"), (30, "GB"), (20, "MB"), (10, "kB")]
            let unit = units.first { count & ((1 << UInt64($0.0)) - 1) == 0 } ?? (0, "bytes")
            return "\(count >> UInt64(unit.0)) \(unit.1)"
        }
    }

    @Test func chassisTypesHaveTheirNamesWithoutTheLock() {
        #expect(ChassisType.name(of: 0x17) == "Rack Mount Chassis")
        #expect(ChassisType.name(of: 36) == "Stick PC")
        #expect(ChassisType.name(of: 0) == nil)
        #expect(ChassisType.name(of: 37) == nil)
        var table: [UInt8] = [3, 9, 0, 3, 0, 0x97, 0, 0, 0, 0, 0]
        table += [127, 4, 0xFF, 0xFE, 0, 0]
        #expect(Firmware(table: table, entryPoint: nil).chassis.first?.type == 0x17)
    }

    @Test(arguments: [
        ("5e0c3fd2-a1b2-4c6d-8e9f-001122334455", false), ("d23f0c5e-b2a1-6d4c-8e9f-001122334455", true),
    ])
    func uuidHasOneTextForEachOrder(_ text: String, _ isSwapped: Bool) throws {
        let raw = FirmwareBuilder.hexadecimal("5e0c3fd2a1b24c6d8e9f001122334455")
        let uuid = try #require(HardwareUUID(raw: raw, isSwapped: isSwapped))
        #expect(uuid.text == text)
        #expect(HardwareUUID(text: text, isSwapped: isSwapped)?.raw == raw)
    }

    @Test func whatIsNoUUIDIsNone() {
        for text in ["", "5e0c3fd2", "5e0c3fd2-a1b2-4c6d-8e9f-00112233445g", "5e0c3fd2-a1b2-4c6d-8e9f-001122334455ab"] {
            #expect(HardwareUUID(text: text, isSwapped: true) == nil)
        }
    }

    @Test func lyingTablesGiveStatedGaps() {
        let dell = Fixture.bytes("Captures/smbios/Dell-PowerEdge-R630-Dual-Xeon.dmi")
        let cases: [([UInt8], String)] = [
            ([], "the table is empty"), ([1, 2], "the structure at byte 0 is cut off"),
            ([1, 3, 0, 1, 0, 0], "the structure at byte 0 says that it has 3 bytes"),
            ([1, 200, 0, 1, 0, 0], "the structure at byte 0, type 1, is cut off"),
            ([1, 4, 0, 1, 0x41], "the strings of the structure at byte 0, type 1, have no end"),
            (Array(dell.prefix(30)), "the structure at byte 13, type 0, is cut off"),
        ]
        for (table, gap) in cases {
            #expect(Firmware(table: table, entryPoint: nil).gaps.contains { $0.contains(gap) }, "\(gap)")
        }
    }

    @Test func entryPointThatLiesIsAGap() throws {
        let dump = Fixture.bytes("Captures/smbios/MSI-MS-7816.bin")
        var entry = Array(dump.prefix(31))
        #expect(Firmware(table: Array(dump.dropFirst(32)), entryPoint: entry).gaps.isEmpty)
        entry[22] = 0xFF
        entry[23] = 0xFF
        let gaps = Firmware(table: Array(dump.dropFirst(32)), entryPoint: entry).gaps
        #expect(gaps.contains("the checksum of the entry point is wrong"))
        #expect(gaps.contains { $0.hasPrefix("the entry point promises 65535 bytes") })
        #expect(
            Firmware(table: [127, 4, 0, 0, 0, 0], entryPoint: [1, 2, 3]).gaps.first
                == "the entry point has no known anchor")
    }
}

/// A captured table in the form that dmidecode reads back.
struct Dump {
    let bytes: [UInt8]

    init(_ captured: [UInt8]) {
        guard !captured.starts(with: "_SM".utf8) else {
            bytes = captured
            return
        }
        // The version does not stand in a table without its entry point: old structures are short.
        let isOld = captured.starts(with: [0, 0x14])
        var entry = Array("_SM3_".utf8) + [0, 24, isOld ? 2 : 3, isOld ? 3 : 1, 0, 1, 0]
        for shift in [0, 8, 16, 24] { entry.append(UInt8(captured.count >> shift & 0xFF)) }
        entry += [32, 0, 0, 0, 0, 0, 0, 0]
        entry[5] = 0 &- entry.reduce(0, &+)
        bytes = entry + [UInt8](repeating: 0, count: 8) + captured
    }

    static let program = "/usr/sbin/dmidecode"
    static let canBePrinted = FileManager.default.isExecutableFile(atPath: program)

    /// The sections of `dmidecode --from-dump`, each with its title under an empty key.
    func printed() throws -> [[String: String]] {
        let file = NSTemporaryDirectory() + "dump-\(UUID().uuidString)"
        try Data(bytes).write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: Self.program)
        process.arguments = ["--from-dump", file]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.components(separatedBy: "\n\n").compactMap { block in
            let lines = block.split(separator: "\n").drop { !$0.hasPrefix("Handle ") }.dropFirst()
            guard let title = lines.first else { return nil }
            var fields = ["": String(title)]
            for line in lines.dropFirst() where line.hasPrefix("\t") && !line.hasPrefix("\t\t") {
                guard let colon = line.firstRange(of: ": ") else { continue }
                fields[line[..<colon.lowerBound].dropFirst().description] = String(line[colon.upperBound...])
                    .trimmingCharacters(in: .whitespaces)
            }
            return fields
        }
    }
}
