import Engine
import Foundation
import SystemFiles
import Model
import Testing

/// Modules of the kernel: names, what other files say, loading, what is not there.
@Suite struct KernelModuleTests {
    private static let rules = "/etc/modprobe.d/lodestar-dummy.conf", boot = "/etc/modules-load.d/lodestar-dummy.conf"

    private func plan(_ text: String, on bench: LawBench) throws -> Plan {
        try bench.plan(manifest: "kernel_module:\n  \(text)\n")
    }

    @Test(arguments: [
        "dummy: {}", "\"\": {loaded: true}", "a/b: {loaded: true}", "a.ko: {loaded: true}", "\"a b\": {loaded: true}",
        "dummy: {loaded: soon}", "dummy: {options: [a]}", "dummy: {options: {a: \"b c\"}}",
        "dummy: {options: {a: \"b\\n\"}}",
        "dummy: {options: {\"a b\": c}}", "dummy: {options: {a: 'b\"'}}", "dummy: {options: {a: 'b\\'}}",
        "dummy: {options: {\"\": c}}",
        "dummy: {blacklisted: true, loaded: true}", "dummy: {blacklisted: true, at_boot: true}", "dummy: {load: true}",
        "{br-netfilter: {loaded: true}, br_netfilter: {loaded: true}}",
        "\(String(repeating: "a", count: 56)): {loaded: true}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("kernel_module:\n  \(text)\n") }
    }

    @Test(arguments: [
        ("dummy 1 0 - Live 0x0\n", "dummy", true), ("br_netfilter 1 0\n", "br-netfilter", true),
        ("dummy2 1\n", "dummy", false),
        ("kernel/net/br-netfilter.ko.zst: kernel/a.ko\n", "br_netfilter", true),
        ("kernel/a.ko: kernel/b.ko\n", "b", false),
        ("# dummy\n; dummy\n", "dummy", false), ("  dummy option=1\n", "dummy", true), ("kernel/a.ko\n", "a", true),
        ("", "a", false),
    ])
    func aListIsReadInEachForm(text: String, name: String, isThere: Bool) throws {
        #expect(ModuleList(parsing: Array(text.utf8)).has(try #require(ModuleName(name))) == isThere)
    }

    @Test(arguments: [
        ("options dummy a=1 b=2\noptions dummy a=3 c\n", ["a": "3", "b": "2", "c": ""], false),
        ("options dummy \\\n  a=1\n", ["a": "1"], false), ("#options dummy a=1\n", [:], false),
        ("options dum-my a=1\n", [:], false),
        ("blacklist dummy\n", [:], false), ("blacklist dummy\ninstall dummy /bin/false\n", [:], true),
        ("install dummy /bin/false\n", [:], false),
        ("blacklist dummy\ninstall dummy /sbin/modprobe --ignore-install dummy\n", [:], false),
    ])
    func rulesAreThoseOfModprobe(text: String, options: [String: String], isBlacklisted: Bool) throws {
        let found = ModuleSettings(parsing: Array(text.utf8)).rules(for: try #require(ModuleName("dummy")))
        #expect(found == ModuleRules(options: options, isBlacklisted: isBlacklisted))
    }

    @Test func loadingComesBetweenTheFiles() throws {
        let bench = try LawBench.simulated()
        let plan = try bench.converge("kernel_module: {dummy: {loaded: true, at_boot: true, options: {a: 1, b: x}}}")
        #expect(try bench.text(Self.rules) == "options dummy a=1 b=x\n" && bench.text(Self.boot) == "dummy\n")
        #expect(try bench.text("/proc/modules")?.contains("dummy ") == true)
        let lanes = plan.resources.first?.steps.map(\.lane) ?? []
        #expect(lanes.firstIndex(of: .commands) == 1 && lanes.last == .files)
        // Without the rest of the declaration, the rest of the files goes; a module that is not wanted is unloaded.
        try bench.converge("kernel_module: {dummy: {loaded: false, at_boot: false}}")
        #expect(try bench.text(Self.rules) == nil && bench.text(Self.boot) == nil)
        #expect(try bench.text("/proc/modules") == "loop 36864 0 - Live 0x0\n")
    }

    /// Salt 43945, community.general 1608: what is built in is loaded.
    @Test func whatIsBuiltInIsLoaded() throws {
        for file in [
            ("/lib/modules/6.1.0/modules.builtin", "kernel/fs/ext4/ext4.ko\n"), ("/sys/module/ext4/uevent", ""),
        ] {
            let bench = try LawBench.simulated(with: [file])
            #expect(!(try bench.converge("kernel_module: {ext4: {loaded: true}}").hasChanges))
            let refused = try plan("ext4: {loaded: false}", on: bench)
            #expect(PlanText(refused, isColored: false).text(.full).contains("built into"))
        }
    }

    @Test func whatIsNotThereIsRefusedEachTime() throws {
        let bench = try LawBench.simulated(with: [("/etc/modules-load.d/lodestar-nope.conf", "nope\n")])
        for text in ["nope: {loaded: true}", "nope: {loaded: true, at_boot: true}"] {
            #expect(
                PlanText(try plan(text, on: bench), isColored: false).text(.full).contains("6.1.0 has no module nope"))
        }
        try bench.perform([.remove(Removal(try "/proc/modules".asPath, kind: .file))])
        #expect(
            PlanText(try plan("nope: {loaded: true}", on: bench), isColored: false).text(.full).contains(
                "takes no modules"))
        #expect(!(try bench.converge("kernel_module: {nope: {loaded: false}}").count(.refuse) > 0))
    }

    @Test(arguments: [
        ("options: {a: 1}", [("/etc/modprobe.d/x.conf", "options dummy a=1 b=2\n")]),
        ("at_boot: true", [("/etc/modules-load.d/modules.conf", "# kernel\ndummy\n")]),
        ("at_boot: true", [("/usr/lib/modules-load.d/x.conf", "dummy\n")]),
        ("blacklisted: true", [("/etc/modprobe.d/x.conf", "blacklist dummy\ninstall dummy /bin/false\n")]),
        ("blacklisted: false", []), ("at_boot: false", []), ("loaded: false", []), ("options: {}", []),
    ])
    func whatOthersSayIsInPlace(text: String, files: [(String, String)]) throws {
        let bench = try LawBench.simulated(with: files.map { ($0.0, $0.1) })
        #expect(!(try bench.converge("kernel_module: {dummy: {\(text)}}").hasChanges))
    }

    @Test(arguments: [
        ("options: {a: 1}", "/etc/modprobe.d/z.conf", "options dummy a=2\n", true),
        ("options: {a: 1}", "/etc/modprobe.d/a.conf", "options dummy a=2\n", false),
        ("options: {a: 1}", "/usr/lib/modprobe.d/z.conf", "options dummy b=2\n", false),
        ("blacklisted: false", "/etc/modprobe.d/a.conf", "blacklist dummy\ninstall dummy /bin/false\n", true),
        ("at_boot: false", "/run/modules-load.d/x.conf", "dummy\n", true),
        ("at_boot: true", "/run/modules-load.d/x.conf", "dummy\n", false),
    ])
    func whatOthersSayOtherwiseIsARemark(text: String, path: String, other: String, isRemarked: Bool) throws {
        let plan = try plan("dummy: {\(text)}", on: try LawBench.simulated(with: [(path, other)]))
        #expect(plan.remarks.contains { $0.text.contains(path) } == isRemarked)
    }

    @Test func aLinkAtItsFileIsRefused() throws {
        let bench = try LawBench.simulated()
        try bench.link(Self.boot, to: "/etc/modules")
        #expect(try plan("dummy: {at_boot: true}", on: bench).count(.refuse) == 1)
    }

    @Test func absentTakesTheFilesAndLeavesTheModule() throws {
        let bench = try LawBench.simulated()
        try bench.converge("kernel_module: {dummy: {loaded: true, at_boot: true, options: {a: 1}}}")
        try bench.converge("kernel_module: {dummy: {state: absent, loaded: true}}")
        #expect(try bench.text(Self.rules) == nil && bench.text(Self.boot) == nil)
        #expect(try bench.text("/proc/modules")?.contains("dummy ") == true)
    }
}
