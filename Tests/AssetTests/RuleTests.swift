import Asset
import Testing
import Values

/// One property beside one rule: the verdict, and nothing else that differs.
@Suite struct RuleTests {
    static let match = [
        "vendor: dell", "vendor: DELL INC", "vendor: Dell Computer Corporation", "product: poweredge r630",
        "product: {set: [PowerEdge R640, PowerEdge R630]}", "uuid: 4C4C4544-0042-4310-8031-B4C04F4D3332",
        "uuid: 44454c4c-4200-1043-8031-b4c04f4d3332",
        "cpu: {model: E5-2630 v3, sockets: 2, cores: {min: 16}, threads: 32}",
        "cpu: {model: Xeon E5-2630 v3}", "cpu: {model: \"Intel Xeon E5-2630 v3 @ 2.40GHz\"}", "memory: 64GiB",
        "memory: 64GB",
        "memory: {min: 48GiB}", "memory: {is: 60GiB, tolerance: 10%}", "memory: {total: 65536MiB}",
        "memory: {modules: {count: 4, size: 16GB}}",
        "memory: {modules: [{size: 16GiB, vendor: SK Hynix, count: 2}, {vendor: micron}, {vendor: ce00}]}",
        "memory: {modules: [{size: 16GiB, count: 3}, {size: 16GiB, vendor: Micron}]}",
        "memory: {modules: {count: {min: 2}, type: ddr4}}",
        "disks: [{size: 480GB, count: 2, transport: SATA}, {size: {is: 4TB, tolerance: 5%}, rotational: true}]",
        "disks: [{size: 4TB}, {size: 480GB, serial: phdv2}, {size: 480GB}]", "disks: {count: 3}",
        "disks: {count: {min: 1}}",
        "disks: [{count: {min: 0}}]", "disks: [{size: 480103981056, count: 2}, {size: {min: 4TB}}]", "nics: {count: 2}",
        "nics: [{mac: 24-6E-96-00-00-01, driver: bnx2x, speed: 10G}, {mac: 246e.9600.0002}]",
        "firmware: {type: uefi, version: {min: \"1.9\"}, secure_boot: true}", "firmware: {version: {min: \"2.9\"}}",
        "firmware: {version: 2.10.5}",
        "firmware: {vendor: dell}", "vendor: {ignore: true}", "{}",
    ]

    static let drift = [
        "cpu: {model: E5-2630}", "cpu: {model: E5-2630 v4}", "cpu: {model: Gold E5-2630 v3}", "cpu: {cores: {min: 17}}",
        "cpu: {threads: 16}", "memory: 32GiB",
        "memory: {min: 65GiB}", "memory: {modules: {count: 3, size: 16GiB}}",
        "memory: {modules: {count: 5, size: 16GiB}}",
        "memory: {modules: [{vendor: Hynix, count: 3}, {size: 16GiB}]}", "disks: [{size: 480GB, count: 2}]",
        "disks: [{size: 500GB, count: 2}, {size: 4TB}]",
        "disks: [{size: 480GiB, count: 2}, {size: 4TB}]", "disks: {count: 2}", "disks: {count: 4}",
        "disks: [{rotational: true, count: 2}, {size: 480GB}]",
        "nics: {count: 4}", "nics: [{mac: \"24:6e:96:00:00:01\"}, {mac: \"24:6e:96:00:00:03\"}]",
        "firmware: {type: bios}", "firmware: {secure_boot: false}",
        "firmware: {version: {min: \"2.11\"}}", "disks: []",
    ]

    static let wrong = [
        "vendor: HPE", "product: PowerEdge R640", "uuid: 4c4c4544-0042-4310-8031-b4c04f4d3333",
        "nics: [{mac: \"24:6e:96:00:00:08\"}, {}]",
        "nics: {mac: \"02:00:00:00:00:09\", count: {min: 1}}",
    ]

    static let unknown = [
        "disks: [{size: 480GB, count: 2}, {serial: Z1Z}]", "nics: [{speed: 10G, count: 2}]",
        "memory: {modules: {count: 4, speed: 2133}}", "firmware: {date: 01/02/2020}",
    ]

    @Test(arguments: match) func isAsExpected(_ entry: String) throws { try expect(.match, of: entry) }
    @Test(arguments: drift) func differs(_ entry: String) throws { try expect(.drift, of: entry) }
    @Test(arguments: wrong) func isAnotherMachine(_ entry: String) throws { try expect(.wrongHost, of: entry) }
    @Test(arguments: unknown) func cannotBeTold(_ entry: String) throws { try expect(.unknown, of: entry) }

    private func expect(_ verdict: AssetVerdict, of entry: String) throws {
        let report = try AssetFixture.report(entry)
        #expect(report.verdict == verdict, "\(report.lines(isFull: true))")
    }

    /// Names of processors as /proc/cpuinfo has them, and rules that are and are not theirs.
    @Test(arguments: [
        ("AMD EPYC 9354P 32-Core Processor", "9354P", "9354"),
        ("AMD EPYC 9354 32-Core Processor", "EPYC 9354", "9354P"),
        ("Intel(R) Xeon(R) Gold 6248R CPU @ 3.00GHz", "Gold 6248R", "Gold 6248"),
        ("Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz", "6248", "Silver 6248"),
        ("AMD Ryzen 7 1700X Eight-Core Processor", "Ryzen 7 1700X", "7 1700"),
        ("Intel(R) Xeon(R) CPU E5-2630 0 @ 2.30GHz", "E5-2630", "E5-2630 v2"),
        ("Intel(R) Core(TM) i7-4790 CPU @ 3.60GHz", "core i7-4790", "i7-4790K"),
    ]) func processors(_ found: String, _ same: String, _ other: String) throws {
        let facts = #"{"sn": "ABC123", "cpu": {"model": "\#(found)"}}"#
        #expect(try AssetFixture.report("cpu: {model: \"\(same)\"}", facts).verdict == .match)
        #expect(try AssetFixture.report("cpu: {model: \"\(other)\"}", facts).verdict == .drift)
    }

    /// Sizes of disks that are sold, in bytes: from data sheets and `lsblk -b` of such disks.
    @Test(arguments: [
        ("120GB", 120_034_123_776, "128GB"), ("128GB", 128_035_676_160, "120GB"), ("146GB", 146_815_737_856, "150GB"),
        ("240GB", 240_057_409_536, "250GB"),
        ("256GB", 256_060_514_304, "256GiB"), ("300GB", 300_000_000_000, "320GB"), ("480GB", 480_103_981_056, "500GB"),
        ("500GB", 500_107_862_016, "512GB"),
        ("512GB", 512_110_190_592, "512GiB"), ("600GB", 600_127_266_816, "640GB"), ("960GB", 960_197_124_096, "1TB"),
        ("1TB", 1_000_204_886_016, "960GB"),
        ("1.2TB", 1_200_243_695_616, "1TB"), ("1.92TB", 1_920_383_410_176, "2TB"), ("3.84TB", 3_840_755_982_336, "4TB"),
        ("7.68TB", 7_681_501_126_656, "8TB"),
        ("480GB", 479_559_942_144, "470GB"), ("20TB", 20_000_588_955_648, "22TB"), ("512GiB", 549_755_813_888, "512GB"),
        ("8GiB", 8_589_934_592, "8GB"),
    ]) func disks(_ name: String, _ bytes: Int, _ other: String) throws {
        let facts = #"{"sn": "ABC123", "disks": [{"name": "sda", "size_bytes": \#(bytes)}]}"#
        #expect(try AssetFixture.report("disks: [{size: \(name)}]", facts).verdict == .match)
        #expect(try AssetFixture.report("disks: [{size: \(other)}]", facts).verdict == .drift)
    }
}
