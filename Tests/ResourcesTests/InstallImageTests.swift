import Disk
import Engine
import Foundation
import Model
import SimulatedHost
import Testing

/// What comes onto disks: the laws of images and boot loaders, and what is refused.
@Suite struct InstallImageTests {
    static func profile(_ kind: String = "uki") -> String {
        """
        disk: {system: {select: {serial: D1}}}
        partition:
          esp: {disk: system, type: esp, size: 33MiB}
          bios: {disk: system, type: bios-boot, size: 1MiB}
          root: {disk: system, type: linux-root, size: rest}
        boot_loader: {system: {kind: \(kind), disk: system, command_line: quiet}}
        image: {debian: {source: d.image.tar, to: system-root}}
        file_system:
          esp: {partition: esp, type: vfat, mount: /boot/efi}
          system-root: {partition: root, type: ext4, mount: /}
        """
    }

    static func disks(_ bytes: [UInt8]? = nil, image: Int? = 8 << 20, reinstall: String? = nil) throws -> DisksInMemory
    {
        let installation = Installation(
            host: "SN-1", profile: "disk", reinstall: reinstall, target: try "/target".asPath,
            approval: Installation.Approval(disks: ["D1"], signatures: []))
        let disk = DiskIdentity.of("sda", serial: "D1")
        let disks = DisksInMemory(installation, [(disk, bytes.map { DiskBytes($0) } ?? disk.blank)])
        disks.images["d.image.tar"] = image.map {
            ImageSummary(
                source: "d.image.tar", title: "debian 12", digest: Digest(of: "x"), unpackedByteCount: $0, signer: "ana"
            )
        }
        return disks
    }

    @Test(arguments: ["uki", "grub"]) func aPlanIsWhatAnApplyDoesAndASecondOneIsEmpty(_ kind: String) throws {
        let disks = try Self.disks(), bench = try LawBench.installing(disks)
        let catalog = try LawBench.profile(Self.profile(kind)), plan = try bench.plan(catalog)
        let text = PlanText(plan, isColored: false).text(.full)
        #expect(plan.count(.refuse) == 0 && text.contains("debian 12") && text.contains("signed by ana"), "\(text)")
        // What boots comes last, whatever stands where in the profile.
        let addresses = plan.resources.map(\.address.type)
        #expect(addresses.last == "boot_loader", "\(addresses)")
        #expect(try !bench.apply(plan).hasFailures)
        let again = try bench.plan(catalog)
        #expect(!again.hasChanges, "\(PlanText(again, isColored: false).text(.full))")
        // Another run needs no image any more: all is on the disk.
        let storage = try #require(bench.host.storage), disk = disks.content[0].identity
        let bytes = try storage.disk(disk).bytes(at: 0, count: Int(disk.byteCount))
        let later = try LawBench.installing(Self.disks(bytes, image: nil)).plan(catalog)
        let changed = Set(later.resources.filter { !$0.steps.isEmpty }.map(\.address.type))
        #expect(changed == ["file_system"], "only what is mounted: \(changed)")
        #expect(later.count(.refuse) == 0, "\(PlanText(later, isColored: false).text(.full))")
    }

    @Test func anInterruptedInstallationGoesOn() throws {
        let disks = try Self.disks(), bench = try LawBench.installing(disks)
        let whole = Self.profile(), half = whole.split(separator: "\n").filter { !$0.hasPrefix("boot_loader") }
        #expect(try !bench.apply(bench.plan(LawBench.profile(half.joined(separator: "\n")))).hasFailures)
        let plan = try bench.plan(LawBench.profile(whole))
        #expect(plan.resources.filter { !$0.steps.isEmpty }.map(\.address.type) == ["boot_loader"])
        #expect(try !bench.apply(plan).hasFailures)
    }

    @Test func whatDoesNotFitIsRefusedBeforeADiskIsTaken() throws {
        func refusal(_ disks: DisksInMemory, _ profile: String) throws -> String {
            let plan = try LawBench.installing(disks).plan(LawBench.profile(profile))
            return PlanText(plan, isColored: false).text(.full)
        }
        #expect(try refusal(Self.disks(image: 1 << 30), Self.profile()).contains("it needs 1024 MiB"))
        #expect(try refusal(Self.disks(image: nil), Self.profile()).contains("cannot open d.image.tar"))
        let bare = Self.profile().replacing("type: linux-root", with: "type: linux-data")
        #expect(try refusal(Self.disks(), bare).contains("expected one partition of the type linux-root"))
        let unmounted = Self.profile().replacing(", mount: /}", with: "}")
        #expect(try refusal(Self.disks(), unmounted).contains("the file system system-root is not mounted"))
    }

    @Test(arguments: [
        "image: {d: {source: d.tar, to: root}}", "image: {d: {source: ../d.image.tar, to: root}}",
        "image: {d: {to: root}}", "image: {d: {source: d.image.tar}}",
        "image: {d: {source: d.image.tar, to: r}, e: {source: d.image.tar, to: r}}",
        "boot_loader: {s: {kind: lilo, disk: s}}", "boot_loader: {s: {disk: s}}",
        "boot_loader: {s: {kind: uki, disk: s, command_line: root=/dev/sda}}",
        "boot_loader: {s: {kind: uki, disk: s, command_line: \"a\\nb\"}}",
        "boot_loader: {s: {kind: uki, disk: s}, t: {kind: grub, disk: s}}",
    ])
    func badTextsAreRefused(text: String) { #expect(throws: LawBench.Problem.self) { try LawBench.profile(text) } }
}
