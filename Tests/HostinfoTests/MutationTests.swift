import Hostinfo
import Values
import Testing

/// Parsers of what others wrote must state a gap and never end the process: each sample is cut at each length, and its
/// bytes are changed by a seeded generator, so that a failure comes back.
@Suite struct MutationTests {
    /// xorshift64*.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 0x2545_F491_4F6C_DD1D
        }
    }

    private static func mutations(of sample: [UInt8], count: Int, _ check: ([UInt8]) -> Void) {
        var generator = Generator(state: UInt64(sample.count) &* 0x9E37_79B9 | 1)
        for _ in 0..<count {
            var changed = sample
            for _ in 0..<Int.random(in: 1...8, using: &generator) where !changed.isEmpty {
                let place = Int.random(in: 0..<changed.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: changed[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: changed[place] = [0, 1, 4, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
                case 2: changed.remove(at: place)
                default: changed.insert(UInt8.random(in: 0...255, using: &generator), at: place)
                }
            }
            check(changed)
        }
    }

    @Test(arguments: FirmwareTests.names)
    func tablesNeverEndTheProcess(_ name: String) {
        let sample = Fixture.bytes("Captures/smbios/\(name)")
        func judge(_ bytes: [UInt8]) {
            let tree = MemoryTree()
            tree.files["sys/firmware/dmi/tables/DMI"] = bytes
            let report = HostCollection(tree).report()
            #expect(report.serial.value != nil || report.chosen == nil)
        }
        for length in stride(from: 0, through: sample.count, by: max(1, sample.count / 400)) {
            let cut = Array(sample.prefix(length))
            judge(cut)
            // A table that ends before its end says so, unless it is cut after a whole structure.
            let whole = Firmware(table: sample, entryPoint: nil)
            let part = Firmware(table: cut, entryPoint: nil)
            #expect(part.memory.count <= whole.memory.count)
        }
        Self.mutations(of: sample, count: 60, judge)
        for length in 0...64 { _ = SMBIOSEntryPoint(sample.prefix(length)) }
    }

    @Test func messagesOfTheKernelNeverEndTheProcess() {
        let dumps = NetlinkSamples.all
        for (name, sample) in dumps.sorted(by: { $0.key < $1.key }) {
            func judge(_ bytes: [UInt8]) {
                var parts: [String: [UInt8]] = dumps
                parts[name] = bytes
                let layout = NetworkLayout(NetlinkSamples.dumps(parts)) { _ in true }
                _ = AddressReport(AddressSelection(layout))
            }
            for length in 0...sample.count { judge(Array(sample.prefix(length))) }
            Self.mutations(of: sample, count: 400, judge)
        }
    }

    @Test func overridesNeverEndTheProcess() {
        let sample = Array(
            """
            sn: REG-0042
            reason: none burnt in
            by: ana
            bound_to: {uuid: d23f0c5e-b2a1-6d4c-8e9f-001122334455, board_serial: X1, mac_set: ["3c:ec:ef:00:00:01"]}
            ip: 10.0.0.5
            interface: eth0
            prefer_cidrs: [10.0.0.0/8, "2001:db8::/32"]
            exclude_cidrs: [192.168.0.0/16]
            exclude_interfaces: ["veth*"]
            prefer_family: ipv6
            server: 10.0.0.1
            """.utf8)
        func judge(_ bytes: [UInt8]) {
            var diagnostics = Diagnostics()
            let found = IdentityOverride(reading: bytes, from: "identity.yaml", into: &diagnostics)
            #expect(found != nil || diagnostics.hasErrors)
        }
        for length in 0...sample.count { judge(Array(sample.prefix(length))) }
        Self.mutations(of: sample, count: 800, judge)
    }

    @Test func capturesAndPinsNeverEndTheProcess() {
        let sample = Fixture.bytes("Captures/net/bond_vlan_vip_docker.json")
        Self.mutations(of: sample, count: 100) { bytes in
            guard let datum = try? Datum(json: bytes) else { return }
            _ = AddressReport(AddressSelection(NetworkLayout(capture: datum)))
        }
        let pin = Array(PinTests.pin.datum.json.utf8)
        Self.mutations(of: pin, count: 1000) { _ = try? PinnedIdentity(reading: $0) }
    }
}
