import Engine
import Foundation
import SystemFiles
import Model
import Testing

/// Parameters of the kernel: names, values, files that win, and what sysctl(8) and systemd-sysctl(8) make of the files.
@Suite struct SysctlTests {
    private func bench(_ files: [(path: String, text: String)] = []) throws -> LawBench {
        let bench = try LawBench.simulated()
        for (path, text) in files {
            var parents: [AbsolutePath] = [], place = try path.asPath.parent
            while let folder = place, try bench.host.status(of: folder) == nil {
                parents.append(folder)
                place = folder.parent
            }
            let steps =
                parents.reversed().map { Step.makeDirectory(DirectoryCreation($0, attributes: Attributes())) }
                + [.writeFile(FileWrite(try path.asPath, content: Content(text), replaced: .anything))]
            for result in bench.host.perform(steps) { _ = try result.get() }
        }
        return bench
    }

    private func text(_ path: String, on bench: LawBench) throws -> String {
        String(decoding: try bench.host.contents(of: path.asPath, limit: 10_000), as: UTF8.self)
    }

    private func plan(_ declaration: String, on bench: LawBench) throws -> Plan {
        try bench.plan(try LawBench.catalog("sysctl:\n  \(declaration)\n"))
    }

    private static let forward = "/etc/sysctl.d/99-zz-lodestar-net.ipv4.ip_forward.conf"

    @Test(arguments: [
        ("net.ipv4.ip_forward", "net.ipv4.ip_forward", "net.ipv4.ip_forward"),
        ("net/ipv4/ip_forward", "net.ipv4.ip_forward", "net.ipv4.ip_forward"),
        ("net/ipv4/conf/eth0.100/forwarding", "net.ipv4.conf.eth0/100.forwarding", "net/ipv4/conf/eth0.100/forwarding"),
        ("net.ipv4.conf.eth0/100.forwarding", "net.ipv4.conf.eth0/100.forwarding", "net/ipv4/conf/eth0.100/forwarding"),
        ("net.ipv4.conf.br-lan.proxy_arp", "net.ipv4.conf.br-lan.proxy_arp", "net.ipv4.conf.br-lan.proxy_arp"),
    ])
    func aNameIsReadAsTheManualSays(name: String, shown: String, inFile: String) throws {
        let key = try #require(KernelKey(name))
        #expect(key.text == shown && key.fileText == inFile)
        #expect(KernelKey(key.text) == key && KernelKey(key.fileText) == key)
    }

    @Test(arguments: [
        "a: {value: 1}", "net..x: {value: 1}", "/net/ipv4/ip_forward: {value: 1}", "net/ipv4/../x: {value: 1}",
        "net.ipv4.conf.*.rp_filter: {value: 1}", "\"-net.ipv4.x\": {value: 1}", "\"net.ipv4.x y\": {value: 1}",
        "\"net.ipv4.x=1\": {value: 1}", "net.ipv4.x.: {value: 1}", "net.ipv4.x: {}", "net.ipv4.x: {value: \"\"}",
        "net.ipv4.x: {value: \" 1\"}", "net.ipv4.x: {value: \"1\\t\"}", "net.ipv4.x: {value: \"1\\nkernel.y = 2\"}",
        "net.ipv4.x: {value: \"a\\rb\"}", "net.ipv4.x: {value: 1, at_boot: soon}", "net.ipv4.x: {value: [1]}",
        "net.ipv4.x: {value: \"\(String(repeating: "1", count: 4096))\"}", "net.ipv4.x: {valu: 1}",
        "{net.ipv4.x: {value: 1}, net/ipv4/x: {value: 2}}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("sysctl:\n  \(text)\n") }
    }

    @Test(arguments: [
        ("1024 65000", "1024\t65000", true), ("1", "1", true), ("1", "0", false), ("0x10", "16", true),
        ("010", "8", true), ("-1", "-1", true), ("1,2,3,5-7", "1-3,5-7", true), ("1-5", "1-4", false),
        ("cubic", "reno", false), ("1 2", "1", false), ("4096 87380  6291456", "4096\t87380\t6291456\n", true),
        ("|/bin/x %p", "|/bin/x %p", true), ("08", "8", false), ("x-", "x", false),
    ])
    func valuesAreComparedAsTheKernelMeansThem(wanted: String, found: String, isSame: Bool) {
        #expect(KernelSetting.isSame(wanted, found) == isSame)
    }

    @Test func theLiveValueAloneWritesNoFile() throws {
        let bench = try bench([(Self.forward, "net.ipv4.ip_forward = 1\n")])
        let first = try plan("net.ipv4.ip_forward: {value: 1, at_boot: false}", on: bench)
        #expect(try bench.apply(first).count(.failed) == 0)
        #expect(try text("/proc/sys/net/ipv4/ip_forward", on: bench) == "1\n")
        #expect(try bench.host.status(of: try Self.forward.asPath) == nil)
        #expect(!(try plan("net.ipv4.ip_forward: {value: 1, at_boot: false}", on: bench)).hasChanges)
    }

    /// Another file that says the same, and has the last word, is enough; where it changes, the file of our own comes.
    @Test(arguments: [
        ("/etc/sysctl.d/60-ours.conf", "net.ipv4.ip_forward=1\n", true),
        ("/usr/lib/sysctl.d/50-vendor.conf", "net/ipv4/ip_forward = 0x1\n", true),
        ("/etc/sysctl.d/60-ours.conf", "net.ipv4.ip_forward=0\n", false),
    ])
    func whatOtherFilesSayIsTakenOver(path: String, line: String, isEnough: Bool) throws {
        let bench = try bench([(path, line), ("/proc/sys/net/ipv4/ip_forward", "1\n")])
        let declared = "net.ipv4.ip_forward: {value: 1}"
        #expect(try plan(declared, on: bench).hasChanges == !isEnough)
        #expect(try bench.apply(try plan(declared, on: bench)).count(.failed) == 0)
        #expect(try (bench.host.status(of: Self.forward.asPath) == nil) == isEnough)
        for result in bench.host.perform([.remove(Removal(try path.asPath, kind: .file))]) { _ = try result.get() }
        #expect(try plan(declared, on: bench).hasChanges == isEnough)
        #expect(try bench.apply(try plan(declared, on: bench)).count(.failed) == 0)
        #expect(try bench.host.status(of: Self.forward.asPath) != nil)
        #expect(!(try plan(declared, on: bench)).hasChanges)
    }

    @Test func anUnknownParameterIsRefusedEachTime() throws {
        // Salt 38433: with the value in the file, the second run said that all is well.
        let file = "/etc/sysctl.d/99-zz-lodestar-net.netfilter.nf_conntrack_max.conf"
        for files in [[], [(file, "net.netfilter.nf_conntrack_max = 5\n")]] {
            let plan = try plan("net.netfilter.nf_conntrack_max: {value: 5}", on: try bench(files))
            #expect(plan.count(.refuse) == 1, "\(PlanText(plan, isColored: false).text(.full))")
        }
    }

    @Test func aForeignTextInTheFileIsReplaced() throws {
        let bench = try bench([(Self.forward, "net.ipv4.ip_forward = 0\n"), ("/proc/sys/net/ipv4/ip_forward", "1\n")])
        let plan = try plan("net.ipv4.ip_forward: {value: 1}", on: bench)
        #expect(plan.count(.change) == 1 && plan.resources.first?.changes.count == 1)
        #expect(try bench.apply(plan).count(.failed) == 0)
        #expect(try text(Self.forward, on: bench) == "net.ipv4.ip_forward = 1\n")
    }

    @Test(arguments: [
        ("/etc/sysctl.d/99-zzz.conf", "net/ipv4/ip_forward=0\n", true),
        ("/usr/lib/sysctl.d/zz.conf", "; no\n-net.ipv4.ip_forward = 0\n", true),
        ("/run/sysctl.d/zz.conf", "net.ipv4.ip_forward = 1\n", false),
        ("/etc/sysctl.d/99-sysctl.conf", "net.ipv4.ip_forward = 0\n", false),
        ("/etc/sysctl.d/zz.conf.bak", "net.ipv4.ip_forward = 0\n", false),
        ("/etc/sysctl.d/zz.conf", "net.ipv4.conf.*.ip_forward = 0\n# net.ipv4.ip_forward = 0\n", false),
    ])
    func aFileThatWinsIsARemark(path: String, text: String, isRemarked: Bool) throws {
        let plan = try plan("net.ipv4.ip_forward: {value: 1}", on: try bench([(path, text)]))
        #expect(plan.remarks.contains { $0.text.contains("\(path) makes it 0 at boot") } == isRemarked)
        // The same name in a folder that is read before hides it.
        guard isRemarked, !path.hasPrefix("/etc/") else { return }
        let masked = "/etc/sysctl.d/\(path.split(separator: "/").last ?? "")"
        let hidden = try self.plan("net.ipv4.ip_forward: {value: 1}", on: try bench([(path, text), (masked, "")]))
        #expect(hidden.remarks.isEmpty)
    }

    @Test func aMaskIsNoFault() throws {
        let bench = try bench([("/usr/lib/sysctl.d/zz.conf", "net.ipv4.ip_forward = 0\n")])
        let link = LinkCreation(try "/etc/sysctl.d/zz.conf".asPath, target: "/dev/null", replaced: .nothing)
        for result in bench.host.perform([.makeLink(link)]) { _ = try result.get() }
        #expect(try plan("net.ipv4.ip_forward: {value: 1}", on: bench).remarks.isEmpty)
    }
}
