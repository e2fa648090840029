import Disk
import Engine
import Foundation
import Model
import SimulatedHost
import Testing

/// What an installation makes of disks: the laws of its types, and what is refused.
@Suite struct StorageTests {
    private static let profile = """
        disk: {system: {select: {serial: D1}}}
        partition:
          esp: {disk: system, type: esp, size: 33MiB}
          bios: {disk: system, type: bios-boot, size: 1MiB}
          swap: {disk: system, type: swap, size: 4MiB}
          root: {disk: system, type: linux-root, size: rest}
        file_system:
          esp: {partition: esp, type: vfat, label: ESP, mount: /boot/efi}
          swap: {partition: swap, type: swap}
          root: {partition: root, type: ext4, label: root, mount: /}
        """

    private static func installation(
        wipe: Set<String> = [], disks: Set<String> = ["D1"], objection: String? = nil, reinstall: String? = nil,
        isApproved: Bool = true
    ) throws -> Installation {
        Installation(
            host: "SN-1", profile: "disk", reinstall: reinstall, target: try "/target".asPath, objection: objection,
            approval: isApproved ? Installation.Approval(disks: disks, signatures: wipe) : nil)
    }

    private static func disks(
        _ installation: Installation, _ bytes: (DiskIdentity) -> DiskBytes = \.blank
    ) -> DisksInMemory {
        let first = DiskIdentity.of("sda", serial: "D1"), second = DiskIdentity.of("sdb", serial: "D12")
        return DisksInMemory(installation, [(second, second.blank), (first, bytes(first))])
    }

    private static func refusal(_ disks: DisksInMemory, _ profile: String = profile) throws -> String {
        let plan = try LawBench.installing(disks).plan(LawBench.profile(profile))
        let refused = plan.resources.filter { $0.action == .refuse }
        return refused.first?.reason?.text ?? "nothing is refused"
    }

    @Test func aPlanIsWhatAnApplyDoesAndASecondOneIsEmpty() throws {
        let disks = try Self.disks(Self.installation()), bench = try LawBench.installing(disks)
        let catalog = try LawBench.profile(Self.profile)
        let plan = try bench.plan(catalog)
        #expect(plan.count(.refuse) == 0 && plan.hasChanges, "\(PlanText(plan, isColored: false).text(.full))")
        let report = try bench.apply(plan)
        #expect(!report.hasFailures, "\(report)")
        let again = try bench.plan(catalog)
        #expect(!again.hasChanges, "\(PlanText(again, isColored: false).text(.full))")
        // The partitions lie in the order of the profile, and the other disk is as it was.
        let storage = try #require(bench.host.storage)
        let table = try DiskReport(of: storage.disk(disks.content[1].identity)).table
        #expect(table.partitions.map(\.name) == ["esp", "bios", "swap", "root"] && table.isWritable)
        #expect(table.partitions.allSatisfy { $0.attributes == 0 })
        #expect(try DiskReport(of: storage.disk(disks.content[0].identity)).table.kind == .none)
        // The host above comes first.
        #expect(
            try storage.mountPoint(of: 1, on: disks.content[1].identity)?.text == "/target/boot/efi"
                && storage.mountPoint(of: 4, on: disks.content[1].identity)?.text == "/target")
    }

    @Test func identitiesDerive() throws {
        let one = try Self.installation(), other = try Self.installation(reinstall: "2")
        #expect(one.guid("disk", "system") == one.guid("disk", "system"))
        let guids = [
            one.guid("disk", "system"), other.guid("disk", "system"), one.guid("partition", "system"),
            one.guid("disk", "syste"), one.guid("diskd", "system"),
        ]
        #expect(Set(guids).count == guids.count)
        // Version 8 and the variant of RFC 9562.
        #expect(Array(one.guid("disk", "x").text)[14] == "8")
    }

    @Test func nothingIsWrittenWithoutAgreement() throws {
        #expect(try Self.refusal(Self.disks(Self.installation(isApproved: false))).contains("no install token"))
        #expect(try Self.refusal(Self.disks(Self.installation(disks: ["D12"]))).contains("token is not for"))
        #expect(
            try Self.refusal(Self.disks(Self.installation(objection: "the asset is drift"))).contains(
                "the asset is drift"))
        let described = Self.profile.replacing("serial: D1", with: "path: /dev/sda")
        #expect(try Self.refusal(Self.disks(Self.installation()), described).contains("must be named"))
        let used = try Self.disks(Self.installation())
        used.users[try "/dev/sda".asPath] = ["/dev/sda1 is mounted at /srv"]
        #expect(try Self.refusal(used).contains("mounted at /srv"))
    }

    @Test(arguments: [
        ("serial: D", "found none"), ("serial: D3", "found none"), ("min_size: 1MiB", "found 2"),
        ("min_size: 64.5MiB", "found none"), ("transport: nvme", "found none"), ("rotational: true", "found none"),
        ("model: x", "found none"), ("serial: D1, max_size: 63MiB", "found none"),
    ])
    func exactlyOneDiskMustFit(words: String, expected: String) throws {
        let profile = Self.profile.replacing("serial: D1", with: words)
        #expect(try Self.refusal(Self.disks(Self.installation()), profile).contains(expected))
    }

    /// What is on a disk, by libblkid's names, with the bytes that say so.
    private static let foreign: [(String, Int, [UInt8])] = [
        ("LVM2_member", 512 + 24, Array("LVM2 001".utf8)), ("crypto_LUKS", 0, Array("LUKS".utf8) + [0xBA, 0xBE]),
        ("linux_raid_member", 4096, [0xFC, 0x4E, 0x2B, 0xA9]), ("xfs", 0, Array("XFSB".utf8)),
        ("ceph_bluestore", 0, Array("bluestore block device".utf8)), ("swap", 4086, Array("SWAPSPACE2".utf8)),
        ("zfs_member", 128 << 10, [0x0C, 0xB1, 0xBA, 0, 0, 0, 0, 0]), ("ntfs", 3, Array("NTFS    ".utf8)),
        ("btrfs", (64 << 10) + 64, Array("_BHRfS_M".utf8)),
        ("crypto_LUKS", 4 << 20, Array("SKUL".utf8) + [0xBA, 0xBE]),
    ]

    @Test(arguments: foreign.indices) func whatIsForeignGoesOnlyWhereATokenSaysSo(_ index: Int) throws {
        let (name, offset, magic) = Self.foreign[index]
        func content(_ disk: DiskIdentity) -> DiskBytes {
            var bytes = disk.blank.bytes
            bytes.replaceSubrange(offset..<(offset + magic.count), with: magic)
            return DiskBytes(bytes)
        }
        let refused = try Self.refusal(Self.disks(Self.installation(wipe: ["ext4"]), content))
        #expect(refused.contains("holds \(name)"), "\(refused)")
        let disks = try Self.disks(Self.installation(wipe: [name]), content)
        let bench = try LawBench.installing(disks), catalog = try LawBench.profile(Self.profile)
        #expect(try !bench.apply(bench.plan(catalog)).hasFailures)
        let storage = try #require(bench.host.storage)
        let report = try DiskReport(of: storage.disk(disks.content[1].identity))
        #expect(report.contents == ["gpt", "vfat", "swap", "ext4"], "\(report.contents)")
        let never = Self.profile.replacing("{serial: D1}", with: "{serial: D1}, wipe: never")
        #expect(try Self.refusal(Self.disks(Self.installation(wipe: [name]), content), never).contains("holds"))
    }

    @Test func anInstallationGoesOnWithoutAToken() throws {
        let disks = try Self.disks(Self.installation()), bench = try LawBench.installing(disks)
        let half = Self.profile.split(separator: "file_system:")[0]
        #expect(try !bench.apply(bench.plan(LawBench.profile(String(half)))).hasFailures)
        let storage = try #require(bench.host.storage), disk = disks.content[1].identity
        let bytes = try storage.disk(disk).bytes(at: 0, count: Int(disk.byteCount))
        let later = try Self.disks(Self.installation(isApproved: false)) { _ in DiskBytes(bytes) }
        let second = try LawBench.installing(later)
        #expect(try !second.apply(second.plan(LawBench.profile(Self.profile))).hasFailures)
        // Another installation of the same machine needs one.
        let other = try Self.disks(Self.installation(reinstall: "2", isApproved: false)) { _ in DiskBytes(bytes) }
        #expect(try Self.refusal(other).contains("no install token"))
        // The first copy of the table is lost.
        var torn = bytes
        torn.replaceSubrange(512..<1024, with: repeatElement(0, count: 512))
        let mended = try LawBench.installing(Self.disks(Self.installation(isApproved: false)) { _ in DiskBytes(torn) })
        #expect(try !mended.apply(mended.plan(LawBench.profile(Self.profile))).hasFailures)
    }

    @Test func whatSomebodyMadeOfItStays() throws {
        let disks = try Self.disks(Self.installation()), bench = try LawBench.installing(disks)
        #expect(try !bench.apply(bench.plan(LawBench.profile(Self.profile))).hasFailures)
        let storage = try #require(bench.host.storage), disk = disks.content[1].identity
        var bytes = try storage.disk(disk).bytes(at: 0, count: Int(disk.byteCount))
        let root = try #require(try storage.partition(named: "root"))
        bytes.replaceSubrange(
            Int(root.range.start)..<(Int(root.range.start) + 4096), with: repeatElement(7, count: 4096))
        let changed = try Self.disks(Self.installation()) { _ in DiskBytes(bytes) }
        #expect(try Self.refusal(changed).contains("complete and holds no file system of somebody else"))
        for (old, new) in [
            ("type: linux-root", "type: linux-data"), ("size: 4MiB", "size: 5MiB"), ("type: ext4", "type: xfs"),
            ("label: root", "label: other"),
        ] {
            let same = try Self.disks(Self.installation()) { _ in DiskBytes(bytes) }
            #expect(try Self.refusal(same, Self.profile.replacing(old, with: new)) != "nothing is refused")
        }
    }

    @Test(arguments: [
        "disk: {system: {}}", "disk: {system: {select: {}}}", "disk: {system: {select: {serial: \"\"}}}",
        "disk: {system: {select: {seriall: x}}}", "disk: {system: {select: {min_size: 4}}}",
        "disk: {system: {select: {min_size: 99999999999TB}}}", "disk: {system: {select: {rotational: 3}}}",
        "disk: {system: {select: {serial: x}, wipe: always}}", "partition: {a: {disk: s, type: ext4, size: rest}}",
        "partition: {a: {disk: s, type: esp, size: 4}}", "partition: {a: {disk: s, type: esp, size: 0MiB}}",
        "partition: {a: {disk: s, type: esp, size: -1MiB}}", "partition: {a: {type: esp, size: rest}}",
        "partition: {\"a b\": {disk: s, type: esp, size: rest}}",
        "file_system: {a: {partition: p, type: btrfs}}", "file_system: {a: {type: ext4}}",
        "file_system: {a: {partition: p, type: ext4, label: 12345678901234567}}",
        "file_system: {a: {partition: p, type: vfat, label: esp}}",
        "file_system: {a: {partition: p, type: swap, mount: /}}",
        "file_system: {a: {partition: p, type: ext4, mount: srv}}",
        "file_system: {a: {partition: p, type: ext4}, b: {partition: p, type: ext4}}",
        "file: {/etc/motd: {content: x}}", "partition: {a: {disk: s, type: esp, size: rest, state: absent}}",
    ])
    func badTextsAreRefused(text: String) { #expect(throws: LawBench.Problem.self) { try LawBench.profile(text) } }

    @Test(arguments: ["disk: {s: {select: {serial: x}}}", "partition: {a: {disk: s, type: esp, size: rest}}"])
    func aManifestOfAHostHasNone(text: String) {
        #expect {
            try LawBench.catalog(text)
        } throws: { error in
            (error as? LawBench.Problem)?.text.contains("install profiles") == true
        }
    }
}
