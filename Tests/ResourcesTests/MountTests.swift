import Engine
import Foundation
import SystemFiles
import Model
import Testing

/// Mounts: declarations, lines of fstab, what is mounted already, devices with several names.
@Suite struct MountTests {
    private static let fstab = "/etc/fstab", table = "/proc/self/mountinfo",
        root = "21 1 254:0 / / rw - ext4 /dev/vda rw\n"

    private func plan(_ text: String, on bench: LawBench) throws -> Plan {
        try bench.plan(manifest: "mount:\n  \(text)\n")
    }
    private func mounts(_ bench: LawBench) throws -> MountedFileSystems {
        MountedFileSystems(parsing: Array((try bench.text(Self.table) ?? "").utf8))
    }

    @Test(arguments: [
        "srv: {device: tmpfs}", "/srv/: {device: tmpfs}", "/srv: {}", "/srv: {device: \"\"}",
        "/srv: {device: \"a\\nb\"}",
        "/srv: {device: /dev/a, type: \"\"}", "/srv: {device: /dev/a, type: \"a b\"}",
        "/srv: {device: /dev/a, type: swap}",
        "/srv: {device: /dev/a, options: \"\"}", "/srv: {device: /dev/a, options: \"a,,b\"}",
        "/srv: {device: /dev/a, options: [\"a,b\"]}",
        "/srv: {device: /dev/a, options: [\"a\\nb\"]}", "/srv: {device: /dev/a, options: {a: b}}",
        "/srv: {device: /dev/a, options: noauto}",
        "/srv: {device: /dev/a, options: [auto]}", "/srv: {device: /dev/a, pass: -1}",
        "/srv: {device: /dev/a, pass: 10}",
        "/srv: {device: /dev/a, dump: x}", "/srv: {device: /dev/a, mounted: maybe}",
        "/: {device: /dev/a, mounted: false}",
        "/srv: {device: /dev/a, fstype: ext4}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("mount:\n  \(text)\n") }
    }

    @Test func aFileForTheWholeTableIsAConflict() {
        #expect(throws: LawBench.Problem.self) {
            try LawBench.catalog("mount: {/srv: {device: tmpfs}}\nfile: {/etc/fstab: {content: \"\"}}\n")
        }
    }

    @Test func aNewMountComesBeforeItsLine() throws {
        let bench = try LawBench.simulated(with: [(Self.fstab, "# ours\n/dev/vda / ext4 defaults 0 1")])
        let plan = try bench.converge("mount: {/srv: {device: tmpfs, type: tmpfs, options: [nosuid, size=1g]}}")
        #expect(plan.count(.create) == 1 && plan.resources.first?.steps.map(\.lane) == [.commands, .files, .services])
        #expect(
            try bench.text(Self.fstab) == "# ours\n/dev/vda / ext4 defaults 0 1\ntmpfs /srv tmpfs nosuid,size=1g 0 0\n")
        #expect(try mounts(bench).mount(at: "/srv".asPath)?.options == ["nosuid"])
        // Other options: the kernel takes them first.
        let changed = try bench.converge("mount: {/srv: {device: tmpfs, type: tmpfs, options: \"noexec,nosuid\"}}")
        #expect(changed.resources.first?.changes.map(\.property) == ["options"])
        #expect(changed.resources.first?.steps.map(\.lane) == [.commands, .files, .services])
        // Another device: systemd learns of it before it is mounted.
        let other = try bench.converge("mount: {/srv: {device: nas:/export, type: nfs, options: \"noexec,nosuid\"}}")
        #expect(other.resources.first?.steps.map(\.lane) == [.commands, .files, .services, .commands])
        let gone = try bench.converge("file: {/etc/marker: {content: x}}")
        #expect(gone.removalCount == 1)
        #expect(try bench.text(Self.fstab) == "# ours\n/dev/vda / ext4 defaults 0 1\n")
        #expect(try bench.text(Self.table)?.contains("/srv") == false && bench.host.status(of: "/srv".asPath) != nil)
    }

    @Test(arguments: [
        ("device: /dev/vdb, type: ext4", "/dev/vdb /srv ext4 defaults 0 0", "/dev/vdb", "rw"),
        (
            "device: /dev/vdb, type: ext4, options: [nodev, noatime]", "/dev/vdb /srv/ ext4 noatime,nodev", "/dev/vdb",
            "rw,noatime,nodev"
        ),
        ("device: /dev/vdb, type: ext4, at_boot: false", "/dev/vdb /srv ext4 noauto", "/dev/vdb", "rw"),
        ("device: UUID=1-2, type: ext4", "/dev/vdb /srv ext4 defaults 0 0", "/dev/vdb", "rw"),
        ("device: /dev/vdb, type: ext4", "UUID=\"1-2\" /srv ext4 rw 0 0", "/dev/vdb", "rw,relatime"),
        ("device: /dev/mapper/g-v, type: ext4", "/dev/g/v /srv ext4 defaults 0 0", "/dev/mapper/g-v", "rw"),
        ("device: \"LABEL=my disk\", type: ext4", "LABEL=my\\040disk /srv ext4 defaults", "/dev/vdb", "rw"),
        ("device: UUID=none, type: ext4", "UUID=none /srv ext4 defaults", "/dev/vdb", "rw"),
        (
            "device: /dev/vdb, type: ext4, options: \"user,exec\"", "/dev/vdb /srv ext4 user,exec", "/dev/vdb",
            "rw,nosuid,nodev"
        ),
        ("device: tmpfs, type: tmpfs", "tmpfs /srv tmpfs defaults", "none", "rw"),
        ("device: //nas/share, type: cifs", "//nas/share /srv cifs defaults", "//nas/share", "rw"),
        ("device: /images/a.img, type: ext4, options: loop", "/images/a.img /srv ext4 loop", "/dev/loop3", "rw"),
    ])
    func whatIsThereIsInPlace(declared: String, line: String, source: String, options: String) throws {
        let type = declared.contains("tmpfs") ? "tmpfs" : "ext4"
        let bench = try LawBench.simulated(with: [
            (Self.fstab, "\(line)\n"), ("/dev/vdb", ""), ("/dev/dm-0", ""), ("/dev/loop3", ""), ("/images/a.img", ""),
            ("/sys/block/loop3/loop/backing_file", "/images/a.img\n"),
            (Self.table, "\(Self.root)30 21 254:16 / /srv \(options) - \(type) \(source) rw\n"),
        ])
        for (link, target) in [
            ("/dev/disk/by-uuid/1-2", "../../vdb"), ("/dev/disk/by-label/my\\x20disk", "../../vdb"),
            ("/dev/g/v", "../dm-0"),
            ("/dev/mapper/g-v", "../dm-0"),
        ] { try bench.link(link, to: target) }
        let plan = try bench.converge("mount: {/srv: {\(declared)}}")
        #expect(!plan.hasChanges, "\(PlanText(plan, isColored: false).text(.full))")
    }

    /// Ansible 30848: somebody mounted it with other options.
    @Test func flagsThatAreLackingAreADifference() throws {
        let bench = try LawBench.simulated(with: [
            (Self.fstab, "tmpfs /srv tmpfs noexec 0 0\n"),
            (Self.table, "\(Self.root)30 21 0:30 / /srv rw - tmpfs tmpfs rw\n"),
        ])
        let plan = try bench.converge("mount: {/srv: {device: tmpfs, type: tmpfs, options: noexec}}")
        #expect(plan.resources.first?.changes.map(\.property) == ["options"])
        #expect(try mounts(bench).mount(at: "/srv".asPath)?.options == ["noexec"])
    }

    /// Ansible 29870, 80776: a bind mount was mounted again in each run.
    @Test func aBindMountIsFoundAgain() throws {
        let bench = try LawBench.simulated(with: [("/var/data/x", "")])
        try bench.converge("mount: {/srv: {device: /var/data, type: none, options: bind}}")
        #expect(try mounts(bench).mount(at: "/srv".asPath)?.root == "/var/data")
        let text = try bench.text(Self.table) ?? ""
        #expect(text.textLines().filter { $0.contains(" /srv ") }.count == 1)
        // Another directory at the place is not it.
        try bench.put(text.replacingOccurrences(of: "/var/data", with: "/var/other"), at: Self.table)
        #expect(try bench.converge("mount: {/srv: {device: /var/data, type: none, options: bind}}").count(.change) == 1)
    }

    @Test func unmountedAndNotAtBoot() throws {
        let bench = try LawBench.simulated(with: [
            (Self.fstab, "tmpfs /srv tmpfs defaults 0 0\n"),
            (Self.table, "\(Self.root)30 21 0:30 / /srv rw - tmpfs tmpfs rw\n"),
        ])
        try bench.converge("mount: {/srv: {device: tmpfs, type: tmpfs, mounted: false, at_boot: false}}")
        #expect(try bench.text(Self.fstab) == "tmpfs /srv tmpfs defaults,noauto 0 0\n")
        #expect(try mounts(bench).mounts.map(\.path) == ["/"])
    }

    @Test(arguments: [
        ("/none: {device: tmpfs, type: tmpfs}", "the mount point /none does not exist"),
        ("/srv: {device: /dev/nope}", "/dev/nope does not exist"), ("/link: {device: tmpfs}", "/link is a link"),
        ("/link/x: {device: tmpfs}", "/link is a link"), ("/twice: {device: tmpfs}", "2 lines"),
    ])
    func whatCannotBeMountedIsRefusedEachTime(text: String, said: String) throws {
        let lines = "tmpfs /twice tmpfs\ntmpfs /twice/ tmpfs\n"
        let bench = try LawBench.simulated(with: [(Self.fstab, lines)])
        try bench.link("/link", to: "/srv")
        for _ in 1...2 {
            let plan = try plan(text, on: bench)
            #expect(plan.count(.refuse) == 1 && PlanText(plan, isColored: false).text(.full).contains(said))
            try bench.put(lines + "/dev/nope /srv auto\ntmpfs /none tmpfs\n", at: Self.fstab)
        }
    }

    @Test func aTableThatIsALinkIsNotReplaced() throws {
        let bench = try LawBench.simulated()
        try bench.link(Self.fstab, to: "/srv/fstab")
        #expect(try plan("/srv: {device: tmpfs, type: tmpfs}", on: bench).count(.refuse) == 1)
    }

    @Test func readOnlyIsARemark() throws {
        let bench = try LawBench.simulated(with: [
            (Self.fstab, "/dev/vdb /srv ext4 errors=remount-ro 0 0\n"), ("/dev/vdb", ""),
            (Self.table, "\(Self.root)30 21 0:30 / /srv ro - ext4 /dev/vdb ro\n"),
        ])
        let plan = try plan("/srv: {device: /dev/vdb, type: ext4, options: errors=remount-ro}", on: bench)
        #expect(!plan.hasChanges && plan.remarks.contains { $0.text.contains("read-only") })
    }

    @Test func whatIsBelowWaitsForTheMount() throws {
        let catalog = try LawBench.catalog(
            "file: {/srv/x/a: {content: a}}\nmount: {/srv/x: {device: tmpfs, type: tmpfs}}\ndirectory: {/srv/x: {mode: \"0750\"}}\n"
        )
        #expect(catalog.declarations.map(\.address.type) == ["directory", "mount", "file"])
    }

    /// Nobody knows before what a mount hides and what it shows, however deep.
    @Test func whatIsBelowIsLookedAtAgain() throws {
        let text = "file: {/srv/x/y/a: {content: a}}\nmount: {/srv/x: {device: tmpfs, type: tmpfs}}\n"
        let bench = try LawBench.simulated(with: [("/srv/x/y/a", "a")])
        let plan = try bench.plan(manifest: text)
        #expect(plan.count(.create) == 1 && plan.count(.unknown) == 1)
        let nested = "mount: {/srv/x: {device: tmpfs}, /srv/x/y/z: {device: tmpfs}}\n"
        #expect(try bench.plan(manifest: nested).count(.unknown) == 1)
        try bench.converge(text)
    }

    @Test func absentUnmountsAndKeepsTheDirectory() throws {
        let bench = try LawBench.simulated(with: [
            (Self.fstab, "a /x b\ntmpfs /srv tmpfs defaults 0 0\n"), ("/srv/kept", ""),
            (Self.table, "\(Self.root)30 21 0:30 / /srv rw - tmpfs tmpfs rw\n"),
        ])
        try bench.converge("mount: {/srv: {device: tmpfs, state: absent}}")
        #expect(
            try bench.text(Self.fstab) == "a /x b\n" && mounts(bench).mounts.map(\.path) == ["/"]
                && bench.text("/srv/kept") == "")
    }
}
