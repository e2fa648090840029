import Engine
import Foundation
import SystemFiles
import Model
import Testing

/// Swap: declarations, files of another size, lines of fstab, what is in use.
@Suite struct SwapTests {
    private static let fstab = "/etc/fstab", swaps = "/proc/swaps", head = "Filename Type Size Used Priority\n"

    private func plan(_ text: String, on bench: LawBench) throws -> Plan {
        try bench.plan(manifest: "swap:\n  \(text)\n")
    }
    private func areas(_ bench: LawBench) throws -> [SwapAreas.Area] {
        SwapAreas(parsing: Array((try bench.text(Self.swaps) ?? "").utf8)).areas
    }

    @Test(arguments: [
        "swapfile: {size: 1M}", "/swapfile: {size: 0}", "/swapfile: {size: 36K}", "/swapfile: {size: 40961}",
        "/swapfile: {size: 17T}",
        "/swapfile: {size: large}", "/swapfile: {size: -1}", "/swapfile: {size: 1M, priority: -1}",
        "/swapfile: {size: 1M, priority: 32768}",
        "/swapfile: {size: 1M, priority: high}", "/swapfile: {size: 1M, enabled: 2}", "/dev/vdb2: {size: 1M}",
        "/swapfile: {siz: 1M}",
        "{/swapfile: {size: 1M}, /swapfile/: {size: 1M}}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("swap:\n  \(text)\n") }
    }

    @Test func aFileIsMadeUsedAndListed() throws {
        let bench = try LawBench.simulated(with: [(Self.fstab, "# ours\n")])
        let plan = try bench.converge("swap: {/swapfile: {size: 1M, priority: 5}}")
        #expect(plan.resources.first?.steps.map(\.lane) == [.files, .commands, .files, .services])
        #expect(try bench.text(Self.fstab) == "# ours\n/swapfile none swap sw,pri=5 0 0\n")
        #expect(try areas(bench).map { "\($0.path) \($0.priority)" } == ["/swapfile 5"])
        let status = try bench.host.status(of: "/swapfile".asPath)
        #expect(status?.byteCount == 1 << 20 && status?.permissions.bits == 0o600)
        // Of another size: what Lodestar made is made anew, out of use.
        let grown = try bench.converge("swap: {/swapfile: {size: 2M, priority: 5}}")
        #expect(grown.resources.first?.steps.map(\.lane) == [.commands, .files, .commands])
        #expect(try bench.host.status(of: "/swapfile".asPath)?.byteCount == 2 << 20)
        #expect(try bench.converge("swap: {/swapfile: {size: 2M, priority: 6}}").resources.first?.changes.count == 1)
        #expect(try areas(bench).map(\.priority) == [6] && bench.text(Self.fstab)?.contains("sw,pri=6") == true)
        try bench.converge("swap: {/swapfile: {size: 2M, enabled: false}}")
        #expect(try areas(bench).isEmpty && bench.text(Self.fstab) == "# ours\n")
        try bench.converge("file: {/etc/marker: {content: x}}")
        #expect(try bench.host.status(of: "/swapfile".asPath) == nil)
    }

    @Test func aForeignFileOfAnotherSizeIsRefusedEachTime() throws {
        let bench = try LawBench.simulated(with: [("/data", String(repeating: "x", count: 40960))])
        for lines in ["", "/data none swap sw 0 0\n"] {
            try bench.put(lines, at: Self.fstab)
            let plan = try plan("/data: {size: 1M}", on: bench)
            #expect(
                plan.count(.refuse) == 1 && PlanText(plan, isColored: false).text(.full).contains("did not make it"))
        }
        #expect(try plan("/none: {}", on: bench).count(.refuse) == 1)
        #expect(
            try plan("/data: {size: 1M, state: absent}", on: LawBench.simulated(with: [("/data", "x")])).count(.refuse)
                == 1)
    }

    @Test(arguments: [
        ("/swapfile: {}", "/swapfile none swap sw 0 0", "-2"),
        ("/swapfile: {size: 40K}", "/swapfile\tswap\tswap\tdefaults", "-2"),
        ("/swapfile: {priority: 7}", "/swapfile none swap defaults,pri=7 0 0", "7"),
        ("/dev/vdb2: {}", "UUID=1-2 none swap sw 0 0", "-2"),
        ("/dev/disk/by-uuid/1-2: {}", "/dev/vdb2 none swap sw 0 0", "-2"),
    ])
    func whatIsThereIsTakenOver(text: String, line: String, priority: String) throws {
        let area = text.contains("swapfile") ? "/swapfile file" : "/dev/vdb2 partition"
        let bench = try LawBench.simulated(with: [
            ("/swapfile", String(repeating: "x", count: 40960)), ("/dev/vdb2", ""), (Self.fstab, "\(line)\n"),
            (Self.swaps, "\(Self.head)\(area) 36 0 \(priority)\n"),
        ])
        try bench.link("/dev/disk/by-uuid/1-2", to: "../../vdb2")
        let plan = try bench.converge("swap:\n  \(text)\n")
        #expect(!plan.hasChanges, "\(PlanText(plan, isColored: false).text(.full))")
    }

    @Test func aForeignLineKeepsItsFormAndItsOptions() throws {
        let file = ("/swapfile", String(repeating: "x", count: 40960))
        let bench = try LawBench.simulated(with: [
            file, (Self.fstab, "/swapfile\tnone swap  noauto,discard,pri=1 0 0 # x\n"),
        ])
        let plan = try bench.converge("swap: {/swapfile: {priority: 3}}")
        #expect(plan.count(.change) == 1)
        #expect(try bench.text(Self.fstab) == "/swapfile\tnone swap  discard,pri=3 0 0 # x\n")
        // What was there before is released.
        #expect(try bench.converge("file: {/etc/marker: {content: x}}").count(.release) == 1)
        try bench.converge("swap: {/swapfile: {state: absent}}")
        #expect(
            try bench.text(Self.fstab) == "" && areas(bench).isEmpty && bench.host.status(of: "/swapfile".asPath) == nil
        )
    }

    @Test func aDeviceStaysWhenItsUseEnds() throws {
        let bench = try LawBench.simulated(with: [("/dev/vdb2", "")])
        try bench.converge("swap: {/dev/vdb2: {}}")
        #expect(try bench.text(Self.fstab) == "/dev/vdb2 none swap sw 0 0\n")
    }

    @Test func aLinkAndAKernelWithoutSwapAreRefused() throws {
        let bench = try LawBench.simulated()
        try bench.link("/swapfile", to: "/data")
        #expect(try plan("/swapfile: {size: 1M}", on: bench).count(.refuse) == 1)
        try bench.perform([.remove(Removal(try Self.swaps.asPath, kind: .file))])
        #expect(PlanText(try plan("/other: {size: 1M}", on: bench), isColored: false).text(.full).contains("no swap"))
    }

    @Test func whatOthersCanReadIsARemark() throws {
        let bench = try LawBench.simulated(with: [("/swapfile", String(repeating: "x", count: 40960))])
        #expect(try plan("/swapfile: {}", on: bench).remarks.contains { $0.text.contains("others can read") })
    }

    @Test(arguments: [4096, 65536]) func theHeaderIsThatOfThePageSize(pageSize: Int) throws {
        let bytes = try SwapImage(byteCount: 2 << 20, pageSize: pageSize, name: "/x").content.bytes
        #expect(bytes.count == 2 << 20 && bytes[(pageSize - 10)..<pageSize].elementsEqual("SWAPSPACE2".utf8))
        #expect(bytes[pageSize...].allSatisfy { $0 == 0 } && bytes[..<1024].allSatisfy { $0 == 0 })
        let last = bytes[1028..<1032].reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(bytes[1024] == 1 && last == (2 << 20) / pageSize - 1)
    }
}
