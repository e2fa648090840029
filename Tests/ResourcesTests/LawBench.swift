import Compiler
import Engine
import Foundation
import LinuxHost
import Model
import Resources
import SimulatedHost
import State

/// A host to try laws on, with the state of its runs.
struct LawBench {
    var host: any Model.Host
    var store: any StateStore
    /// The directory of a real root; nil in memory.
    var root: String?

    static let testRoot = ProcessInfo.processInfo.environment["LODESTAR_TEST_ROOT"] ?? "/var/tmp/lodestar-test-root"
    /// Why the real host cannot be tried here; nil when it can.
    static let realHostProblem: String? =
        getuid() != 0
        ? "needs root"
        : FileManager.default.fileExists(atPath: "\(testRoot)/.complete")
            ? nil : "needs Tests/Tools/make-root.sh \(testRoot)"

    /// A script of Tests/Tools.
    static func tool(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "Tools/\(name)"
        ).path()
    }

    /// A host in memory over the files of the disposable root, or over a few of its own.
    static func simulated() throws -> LawBench {
        let host = Simulation(over: EmptyHost(), today: 20_000)
        for path in [
            "/etc", "/etc/cron.d", "/srv", "/home", "/root", "/var", "/var/lib", "/var/lib/dpkg", "/var/spool",
            "/var/spool/cron",
            "/var/spool/cron/crontabs", "/etc/systemd", "/etc/systemd/system",
            "/etc/systemd/system/multi-user.target.wants", "/etc/sysctl.d", "/proc", "/proc/sys", "/proc/sys/net",
            "/proc/sys/net/ipv4", "/proc/sys/kernel", "/usr", "/usr/share", "/usr/share/zoneinfo",
            "/usr/share/zoneinfo/Asia",
            "/etc/apt", "/etc/apt/sources.list.d",
            "/etc/security", "/etc/ssh", "/etc/ssh/ssh_config.d", "/etc/ssh/sshd_config.d", "/etc/sudoers.d",
            "/usr/sbin",
            "/opt", "/lib", "/lib/modules", "/lib/modules/6.1.0", "/etc/modprobe.d", "/mnt", "/proc/self",
        ] {
            try Self.perform(.makeDirectory(DirectoryCreation(try path.asPath, attributes: Attributes())), on: host)
        }
        for (path, text) in [
            ("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"), ("/etc/group", "root:x:0:\nadm:x:4:\ncrontab:x:101:\n"),
            ("/etc/shadow", "root:*:19000:0:99999:7:::\n"), ("/etc/hosts", "127.0.0.1 localhost\n"), ("/made", ""),
            ("/usr/sbin/visudo", ""), ("/usr/sbin/sshd", ""),
            ("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\n"),
            ("/etc/systemd/journald.conf", "[Journal]\n#SystemMaxUse=\n"),
            ("/proc/sys/net/ipv4/ip_forward", "0\n"), ("/proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n"),
            ("/proc/sys/kernel/hostname", "law\n"), ("/usr/share/zoneinfo/Asia/Shanghai", "TZif"),
            ("/proc/self/mountinfo", "21 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"),
            ("/proc/swaps", "Filename Type Size Used Priority\n"),
            ("/proc/sys/kernel/osrelease", "6.1.0\n"), ("/proc/modules", "loop 36864 0 - Live 0x0\n"),
            (
                "/lib/modules/6.1.0/modules.dep",
                "kernel/net/netfilter/nf_conntrack.ko.xz:\nkernel/drivers/net/dummy.ko:\nkernel/net/br-netfilter.ko.xz: kernel/x.ko\n"
            ),
            (
                "/var/lib/dpkg/status",
                ["hostname", "base-files"].map {
                    "Package: \($0)\nStatus: install ok installed\nVersion: 3.23\nArchitecture: amd64\n\n"
                }.joined()
            ),
        ] {
            try Self.perform(
                .writeFile(FileWrite(try path.asPath, content: Content(text), replaced: .anything)), on: host)
        }
        let state = try StateDatabase.opened(at: NSTemporaryDirectory() + "law-\(UUID().uuidString).db")
        return LawBench(host: host, store: state, root: nil)
    }

    /// The real host on an overlay of the disposable root, or on a copy where no overlay can be had.
    ///
    /// - Parameter script: a script of Tests/Tools that prepares the root; what it did is kept for the next time.
    static func real(preparedBy script: String) throws -> LawBench {
        let source = try Data(contentsOf: URL(filePath: tool(script)))
        let layer = "\(testRoot)-\(script)-\(Digest(of: [UInt8](source)).hexadecimal.prefix(12))"
        let prepare = """
            work=$(mktemp -d /var/tmp/lodestar-layer-XXXXXX); mkdir $work/upper $work/work $work/root
            mount -t overlay overlay -o lowerdir='\(testRoot)',upperdir=$work/upper,workdir=$work/work $work/root
            '\(tool(script))' $work/root; umount $work/root; mv -T $work/upper '\(layer)' || true; rm -rf $work
            """
        if !FileManager.default.fileExists(atPath: layer), run(["sh", "-ec", prepare]).status != 0 {
            let bench = try real()
            let made = run([tool(script), bench.root ?? ""])
            guard made.status == 0 else { throw Problem(text: made.output) }
            return bench
        }
        return try real(over: "\(layer):\(testRoot)")
    }

    static func real() throws -> LawBench { try real(over: testRoot) }

    private static func real(over layers: String) throws -> LawBench {
        let place = "/var/tmp/lodestar-law-\(UUID().uuidString)", copy = "\(place)/root"
        let overlay = "lowerdir=\(layers),upperdir=\(place)/upper,workdir=\(place)/work"
        let script = """
            mkdir -p '\(place)/upper' '\(place)/work' '\(copy)'
            mount -t overlay overlay -o '\(overlay)' '\(copy)' 2> /dev/null || cp -a '\(testRoot)/.' '\(copy)'
            mkdir -p '\(copy)/etc/ssh/sshd_config.d'; echo 'Include /etc/ssh/sshd_config.d/*.conf' > '\(copy)/etc/ssh/sshd_config'
            [ -e '\(copy)/usr/sbin/sshd' ] || { echo '#!/bin/true' > '\(copy)/usr/sbin/sshd'; chmod 755 '\(copy)/usr/sbin/sshd'; }
            mkdir '\(copy)/srv/packages' && : > '\(copy)/srv/packages/Packages'
            '\(tool("tiny-git.sh"))' '\(copy)/srv/git/app.git'
            """
        let result = Self.run(["sh", "-ec", script])
        guard result.status == 0 else { throw Problem(text: result.output) }
        let state = try StateDatabase.opened(at: copy + "/state.db")
        return LawBench(host: try Linux(root: copy), store: state, root: copy)
    }

    func remove() {
        guard let root, root.hasSuffix("/root") else { return }
        Self.run(["sh", "-c", "umount -l '\(root)' 2> /dev/null; rm -rf --one-file-system '\(root.dropLast(5))'"])
    }

    private static func perform(_ step: Step, on host: any Model.Host) throws {
        for result in host.perform([step]) { _ = try result.get() }
    }

    func plan(_ catalog: Catalog) throws -> Plan {
        try Planner(catalog, on: Simulation(over: host, today: 20_000), state: store, types: Registry.all).plan()
    }

    func apply(_ plan: Plan) throws -> Report {
        let run = try store.begin(RunStart(site: "law", revision: "", catalogDigest: plan.catalog.digest, time: 0))
        return try Converger(plan, on: host, store: store, run: run).converge()
    }

    /// A manifest's text as the catalog of this host.
    ///
    /// - Parameter archives: what is below `files/`.
    static func catalog(_ manifest: String, archives: [String: [UInt8]] = archives) throws -> Catalog {
        let compilation = compilation(manifest, archives: archives)
        guard let catalog = compilation.catalog else {
            throw Problem(text: compilation.diagnostics.sorted.map(\.text).joined(separator: "\n"))
        }
        return catalog
    }

    /// The archives that examples of types name.
    static let archives = ["tools.tar": TarBuilder.tools]

    static func compilation(_ manifest: String, archives: [String: [UInt8]] = archives) -> Compilation {
        let texts = ["site.yaml": "site: law\n", "manifests/law.yaml": manifest]
        let files = Dictionary(uniqueKeysWithValues: archives.map { ("files/\($0.key)", $0.value) })
        let site = Site(
            MapSite(bytes: files.merging(texts.mapValues { Array($0.utf8) }) { $1 }), types: Registry.all,
            engine: EngineVersion("0.1.0"))
        let target = CompilationTarget(identity: HostIdentity(id: "law", name: "law"), facts: FactsSnapshot([:]))
        return site.compilation(for: target)
    }

    struct Problem: Error { var text: String }

    @discardableResult
    static func run(_ words: [String]) -> (status: Int32, output: String) {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.standardOutput = pipe
        process.standardError = pipe
        do { try process.run() } catch { return (-1, "\(error)") }
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }
}

extension String {
    var asPath: AbsolutePath {
        get throws {
            guard let path = AbsolutePath(self) else { throw LawBench.Problem(text: "no path: \(self)") }
            return path
        }
    }
}
