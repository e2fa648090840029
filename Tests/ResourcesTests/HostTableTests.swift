import Engine
import Foundation
import LinuxHost
import Model
import SimulatedHost
import State
import Testing

/// What is on the disk before, the manifest, and what differs on the disk afterwards: everything that differs, on a real
/// root and on the simulated host over it.
///
/// An entry is `PATH MODE CONTENT`, `PATH/ MODE` or `PATH -> TARGET`; owners other than root follow the mode. Of the files
/// that the root came with, the lines that come and go are told. `!` stands before what is refused.
@Suite(.enabled(if: LawBench.realHostProblem == nil, "\(LawBench.realHostProblem ?? "")"))
struct HostTableTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String, before: [String], manifest: String, after: [String]

        init(_ claim: String, _ before: [String], _ manifest: String, _ after: [String]) {
            (testDescription, self.before, self.manifest, self.after) = (claim, before, manifest, after)
        }
    }

    private static let key = "ssh-ed25519 \(JudgeTests.key)"
    private static let unit = "[Service]\\nExecStart=/bin/sleep inf\\n[Install]\\nWantedBy=multi-user.target\\n"

    static let files = [
        Row("a file is made", [], "file: {/srv/a: {content: \"x\\n\"}}", ["+ /srv/a 644 x⏎"]),
        Row(
            "with its mode and owners", [], "file: {/srv/a: {content: x, mode: \"0600\", owner: daemon, group: adm}}",
            ["+ /srv/a 600,1:4 x"]),
        Row(
            "another content comes, mode and owners stay", ["/srv/a 640,1:4 old⏎"], "file: {/srv/a: {content: x}}",
            ["~ /srv/a 640,1:4 x"]),
        Row(
            "only the mode is declared", ["/srv/a 644 old⏎"], "file: {/srv/a: {mode: \"0600\"}}", ["~ /srv/a 600 old⏎"]),
        Row("what is in place is left", ["/srv/a 640 x"], "file: {/srv/a: {content: x, mode: \"0640\"}}", []),
        Row(
            "a link is no file", ["/srv/b 644 b", "/srv/a -> b"], "file: {/srv/a: {content: x}}", ["! file:/srv/a"]),
        Row(
            "but may be replaced, its target stays", ["/srv/b 644 b", "/srv/a -> b"],
            "file: {/srv/a: {content: x, replace: true}}", ["~ /srv/a 644 x"]),
        Row(
            "a directory with something in it never is", ["/srv/a/ 755", "/srv/a/b 644 b"],
            "file: {/srv/a: {content: x, replace: true}}", ["! file:/srv/a"]),
        Row("without a directory there is no file", [], "file: {/srv/d/a: {content: x}}", ["! file:/srv/d/a"]),
        Row("a file goes", ["/srv/a 644 x", "/srv/b 644 x"], "file: {/srv/a: {state: absent}}", ["- /srv/a"]),
        Row("what is not there is absent", [], "file: {/srv/a: {state: absent}}", []),
    ]

    static let directories = [
        Row("a directory is made", [], "directory: {/srv/d: {}}", ["+ /srv/d/ 755"]),
        Row(
            "and what is in it after it", [], "file: {/srv/d/a: {content: x}}\ndirectory: {/srv/d: {mode: \"0700\"}}",
            ["+ /srv/d/ 700", "+ /srv/d/a 644 x"]),
        Row(
            "its mode and owner are its own", ["/srv/d/ 777", "/srv/d/a 666,1:1 a"],
            "directory: {/srv/d: {mode: \"go-w\", owner: daemon}}", ["~ /srv/d/ 755,1:0"]),
        Row(
            "strangers go, what is declared stays",
            ["/srv/d/ 755", "/srv/d/a 644 x", "/srv/d/b 644 b", "/srv/d/e/ 755"],
            "directory: {/srv/d: {purge: enforce}}\nfile: {/srv/d/a: {content: x}}", ["- /srv/d/b", "- /srv/d/e"]),
        Row(
            "and what is ignored", ["/srv/d/ 755", "/srv/d/a.keep 644 a", "/srv/d/b 644 b"],
            "directory: {/srv/d: {purge: enforce, ignore: [\"*.keep\"]}}", ["- /srv/d/b"]),
        Row("a file is no directory", ["/srv/d 644 d"], "directory: {/srv/d: {}}", ["! directory:/srv/d"]),
        Row("an empty one goes", ["/srv/d/ 755"], "directory: {/srv/d: {state: absent}}", ["- /srv/d"]),
        Row(
            "one with something in it does not", ["/srv/d/ 755", "/srv/d/a 644 a"],
            "directory: {/srv/d: {state: absent}}", ["! directory:/srv/d"]),
        Row("a link is made", [], "link: {/srv/l: {target: nowhere}}", ["+ /srv/l -> nowhere"]),
        Row("a link is turned", ["/srv/l -> a"], "link: {/srv/l: {target: b}}", ["~ /srv/l -> b"]),
        Row("a file is no link", ["/srv/l 644 l"], "link: {/srv/l: {target: b}}", ["! link:/srv/l"]),
        Row(
            "but may be replaced", ["/srv/l 644 l"], "link: {/srv/l: {target: b, replace: true}}", ["~ /srv/l -> b"]),
        Row(
            "a link goes, its target stays", ["/srv/d/ 755", "/srv/l -> d"], "link: {/srv/l: {state: absent}}",
            ["- /srv/l"]),
    ]

    static let lines = [
        Row("a line comes", ["/srv/a 600,1:4 a⏎"], "line: {l: {path: /srv/a, text: b}}", ["~ /srv/a 600,1:4 a⏎b⏎"]),
        Row("a missing newline is kept", ["/srv/a 644 a"], "line: {l: {path: /srv/a, text: b}}", ["~ /srv/a 644 a⏎b"]),
        Row(
            "the last that matches is replaced", ["/srv/a 644 k=1⏎k=2⏎z⏎"],
            "line: {l: {path: /srv/a, text: k=3, match: \"^k=\"}}", ["~ /srv/a 644 k=1⏎k=3⏎z⏎"]),
        Row(
            "two edits of one file are made together", ["/srv/a 644 a⏎"],
            "line: {l: {path: /srv/a, text: b}, m: {path: /srv/a, text: c, insert_before: a}}",
            ["~ /srv/a 644 c⏎a⏎b⏎"]),
        Row(
            "a line goes", ["/srv/a 644 a⏎b⏎a⏎"], "line: {l: {path: /srv/a, text: a, state: absent}}",
            ["~ /srv/a 644 b⏎"]),
        Row("a line needs its file", [], "line: {l: {path: /srv/a, text: b}}", ["! line:l"]),
    ]

    static let accounts = [
        Row("a group is made", [], "group: {ops: {gid: 3500}}", ["/etc/group +ops:x:3500:", "/etc/gshadow +ops:!::"]),
        Row(
            "with its members", [], "group: {ops: {gid: 3500, members: {exactly: [daemon, sys]}}}",
            ["/etc/group +ops:x:3500:daemon,sys", "/etc/gshadow +ops:!::daemon,sys"]),
        Row(
            "members that are not declared may stay", [], "group: {adm: {members: {at_least: [daemon]}}}",
            [
                "/etc/group -adm:x:4:", "/etc/group +adm:x:4:daemon", "/etc/gshadow -adm:*::",
                "/etc/gshadow +adm:*::daemon",
            ]),
        Row("the primary group of an account stays", [], "group: {daemon: {state: absent}}", ["! group:daemon"]),
        Row(
            "a system account has no home and no password", [],
            "user: {web: {uid: 350, group: daemon, system: true, home: /srv, shell: /usr/sbin/nologin}}",
            ["/etc/passwd +web:x:350:1::/srv:/usr/sbin/nologin", "/etc/shadow +web:!:20000::::::"]),
        Row(
            "only what is declared changes", [], "user: {games: {shell: /bin/sh}}",
            [
                "/etc/passwd -games:x:5:60:games:/usr/games:/usr/sbin/nologin",
                "/etc/passwd +games:x:5:60:games:/usr/games:/bin/sh",
            ]),
        Row(
            "groups are written where groups are", [], "user: {games: {groups: {exactly: [adm]}}}",
            [
                "/etc/group -adm:x:4:", "/etc/group +adm:x:4:games", "/etc/gshadow -adm:*::",
                "/etc/gshadow +adm:*::games",
            ]),
        Row(
            "a number that is taken is refused", [], "user: {web: {uid: 1, group: daemon}}", ["! user:web"]),
        Row("a group that is missing is refused", [], "user: {web: {group: none}}", ["! user:web"]),
        Row(
            "keys have a folder of their owner's", ["/srv/h/ 755,350:1"],
            """
            user: {web: {uid: 350, group: daemon, system: true, home: /srv/h, shell: /bin/sh}}
            authorized_key: {k: {user: web, key: \(key) a}}
            """,
            [
                "/etc/passwd +web:x:350:1::/srv/h:/bin/sh", "/etc/shadow +web:!:20000::::::",
                "+ /srv/h/.ssh/ 700,350:1", "+ /srv/h/.ssh/authorized_keys 600,350:1 \(key) a⏎",
            ]),
        Row(
            "others' keys stay", ["/root/.ssh/ 700", "/root/.ssh/authorized_keys 644 # mine⏎"],
            "authorized_key: {k: {user: root, key: \(key) a}}", ["~ /root/.ssh/authorized_keys 644 # mine⏎\(key) a⏎"]),
        Row(
            "a key goes", ["/root/.ssh/ 700", "/root/.ssh/authorized_keys 600 # mine⏎no-pty \(key) b⏎"],
            "authorized_key: {k: {user: root, key: \(key) a, state: absent}}",
            ["~ /root/.ssh/authorized_keys 600 # mine⏎"]),
    ]

    static let services = [
        Row(
            "a crontab is its user's alone", [], "crontab_entry: {e: {minute: 30, hour: 2, command: a 50%}}",
            ["+ /var/spool/cron/crontabs/root 600,0:101 # lodestar: e⏎30 2 * * * a 50\\%⏎"]),
        Row(
            "an entry that drifted is set again", ["/var/spool/cron/crontabs/root 600 1 b⏎# lodestar: e⏎@daily c⏎"],
            "crontab_entry: {e: {special: daily, command: a}}",
            ["~ /var/spool/cron/crontabs/root 600 1 b⏎# lodestar: e⏎@daily a⏎"]),
        Row(
            "a file for cron is root's", [], "crontab_entry: {e: {special: daily, command: a, file: /etc/cron.d/e}}",
            ["+ /etc/cron.d/e 644 # lodestar: e⏎@daily root a⏎"]),
        Row(
            "an empty table goes with its last entry", ["/etc/cron.d/e 644 # lodestar: e⏎@daily root a⏎"],
            "crontab_entry: {e: {command: a, special: daily, file: /etc/cron.d/e, state: absent}}", ["- /etc/cron.d/e"]),
        Row(
            "a unit is written and enabled", [], "service: {s: {unit: \"\(unit)\", enabled: true}}",
            [
                "+ /etc/systemd/system/multi-user.target.wants/s.service -> /etc/systemd/system/s.service",
                "+ /etc/systemd/system/s.service 644 \(unit.replacing("\\n", with: "⏎"))",
            ]),
        Row(
            "a unit is masked", [], "service: {s: {masked: true}}", ["+ /etc/systemd/system/s.service -> /dev/null"]),
        Row(
            "a service is disabled",
            [
                "/etc/systemd/system/s.service 644 \(unit.replacing("\\n", with: "⏎"))",
                "/etc/systemd/system/multi-user.target.wants/s.service -> /etc/systemd/system/s.service",
            ], "service: {s: {enabled: false}}", ["- /etc/systemd/system/multi-user.target.wants/s.service"]),
        Row("what is not there cannot be enabled", [], "service: {s: {enabled: true}}", ["! service:s"]),
        Row(
            "a schedule is a file of the agent's", [], "schedule: {j: {every: 30s, run: /bin/true}}",
            [
                "+ /etc/lodestar/ 755", "+ /etc/lodestar/schedules.d/ 755",
                "+ /etc/lodestar/schedules.d/j.json 644 {⏎  \"format\": 1,⏎  \"name\": \"j\",⏎  \"every\": \"30s\",⏎  \"run\": \"/bin/true\"⏎}⏎",
            ]),
        Row(
            "a schedule goes",
            ["/etc/lodestar/ 755", "/etc/lodestar/schedules.d/ 755", "/etc/lodestar/schedules.d/j.json 600 {}"],
            "schedule: {j: {every: 30s, run: /bin/true, state: absent}}", ["- /etc/lodestar/schedules.d/j.json"]),
    ]

    @Test(arguments: files + directories + lines + accounts + services)
    func theDiskAfterwardsIsTheDeclaredOneAndNothingElseDiffers(_ row: Row) throws {
        let bench = try LawBench.real()
        defer { bench.remove() }
        let real = try Linux(root: try #require(bench.root), today: 20_000)
        for entry in row.before { try Self.make(entry, on: real) }
        let before = try Disk(real), catalog = try LawBench.catalog(row.manifest)
        let memory = NSTemporaryDirectory() + "table-\(UUID().uuidString).db"
        defer { for end in ["", "-wal", "-shm"] { unlink(memory + end) } }
        // In memory first: what is below must not have changed.
        for bench in [
            LawBench(host: Simulation(over: real, today: 20_000), store: try StateDatabase.opened(at: memory)),
            LawBench(host: real, store: bench.store),
        ] {
            let report = try bench.apply(try bench.plan(catalog))
            let refused = report.outcomes.filter { ![.changed, .inPlace, .refreshed, .released].contains($0.result) }
                .map { "! \($0.address)" }
            let differences = refused + before.differences(to: try Disk(bench.host))
            #expect(differences == row.after, "\(bench.host), \(report.outcomes.compactMap(\.reason))")
            let second = try bench.plan(catalog)
            #expect(second.resources.count == refused.count, "a second run has nothing to do")
        }
    }

    private static func make(_ entry: String, on host: Linux) throws {
        let step: Step
        if let arrow = entry.firstRange(of: " -> ") {
            let link = LinkCreation(
                try String(entry[..<arrow.lowerBound]).asPath, target: String(entry[arrow.upperBound...]),
                replaced: .nothing, makesParents: true)
            step = .makeLink(link)
        } else {
            let words = entry.split(separator: " ", maxSplits: 2).map(String.init)
            let numbers = words[1].split { $0 == "," || $0 == ":" }.map(String.init)
            let mode = FileMode(Permissions(UInt16(numbers[0], radix: 8) ?? 0))
            let owners = numbers.dropFirst().compactMap { UInt32($0) }.map { Owner.number($0) }
            let attributes = Attributes(owner: owners.first, group: owners.last, mode: mode)
            if words[0].hasSuffix("/") {
                step = .makeDirectory(DirectoryCreation(try String(words[0].dropLast()).asPath, attributes: attributes))
            } else {
                let content = Content(words.count > 2 ? words[2].replacing("⏎", with: "\n") : "")
                let write = FileWrite(try words[0].asPath, content: content, attributes: attributes, replaced: .nothing)
                step = .writeFile(write)
            }
        }
        for result in host.perform([step]) { _ = try result.get() }
    }
}

/// The entries of a host where its configuration is.
private struct Disk {
    private var entries: [String: (head: String, content: String)] = [:]

    init(_ host: some HostReading) throws {
        for place in ["/etc", "/srv", "/home", "/root", "/var/spool/cron"] { try add(try place.asPath, host) }
    }

    private mutating func add(_ path: AbsolutePath, _ host: some HostReading) throws {
        guard let status = try host.status(of: path) else { return }
        let owners = status.owner == 0 && status.group == 0 ? "" : ",\(status.owner):\(status.group)"
        let mode = String(status.permissions.bits, radix: 8) + owners
        switch status.kind {
        case .link: entries[path.text] = ("\(path) -> \(try host.linkTarget(of: path))", "")
        case .directory:
            entries[path.text] = ("\(path)/ \(mode)", "")
            for name in try host.entries(of: path) ?? [] { try add(path.appending(name), host) }
        case .file:
            let bytes = try host.contents(of: path, limit: 1 << 24)
            entries[path.text] = ("\(path) \(mode)", String(decoding: bytes, as: UTF8.self))
        case .device, .fifo, .socket: entries[path.text] = ("\(path) \(status.kind)", "")
        }
    }

    /// What came, changed and went, by path; of the databases of accounts the lines.
    func differences(to other: Disk) -> [String] {
        Set(entries.keys).union(other.entries.keys).sorted().flatMap { path -> [String] in
            guard let new = other.entries[path] else { return ["- \(path)"] }
            let shown = new.content.isEmpty ? new.head : "\(new.head) \(new.content.replacing("\n", with: "⏎"))"
            guard let old = entries[path] else { return ["+ \(shown)"] }
            if old == new { return [] }
            guard ["passwd", "group", "shadow", "gshadow"].contains(where: { path == "/etc/\($0)" }) else {
                return ["~ \(shown)"]
            }
            let left = old.content.split(separator: "\n"), right = new.content.split(separator: "\n")
            return left.filter { !right.contains($0) }.map { "\(path) -\($0)" }
                + right.filter { !left.contains($0) }.map { "\(path) +\($0)" }
        }
    }
}
