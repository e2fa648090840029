import Foundation
import Testing

/// A purged directory loses what nobody declared and nothing else.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct PurgeTests {
    /// What a site declares below the purged directory in some way, and the paths that must stay.
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var purged: String
        var others: String
        var kept: [String]
    }

    static let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6 a@b"
    static let cases = [
        Case(
            testDescription: "a home", purged: "/home", others: "user: {ops: {shell: /bin/sh}}",
            kept: ["ops", "ops/notes"]),
        Case(
            testDescription: "a home that is not managed", purged: "/home",
            others: "user: {ops: {manage_home: false, home: /home/far/ops}}", kept: ["far/ops/notes"]),
        Case(
            testDescription: "keys of a user", purged: "/root/.ssh",
            others: "user: {root: {authorized_keys: {at_least: ['\(key)']}}}", kept: ["authorized_keys"]),
        Case(
            testDescription: "one key", purged: "/root/.ssh",
            others: "authorized_key: {a: {user: root, key: '\(key)'}}",
            kept: ["authorized_keys"]),
        Case(
            testDescription: "a key far below", purged: "/root",
            others: "authorized_key: {a: {user: root, key: '\(key)'}}",
            kept: [".ssh/authorized_keys"]),
        Case(
            testDescription: "a cron table", purged: "/etc/cron.d",
            others: "crontab_entry: {a: {special: daily, command: /bin/true, file: /etc/cron.d/ops}}", kept: ["ops"]),
        Case(
            testDescription: "a user's table", purged: "/var/spool/cron/crontabs",
            others: "crontab_entry: {a: {special: daily, command: /bin/true}}", kept: ["root"]),
        Case(
            testDescription: "a file that a line edits", purged: "/etc/conf.d",
            others: "line: {a: {path: /etc/conf.d/app, text: x}}", kept: ["app"]),
        Case(
            testDescription: "files", purged: "/etc/conf.d",
            others: "file: {/etc/conf.d/a: {content: a}, /etc/conf.d/b: {mode: '0640'}}", kept: ["a", "b"]),
        Case(
            testDescription: "a file in a folder that nobody declared", purged: "/etc/conf.d",
            others: "file: {/etc/conf.d/sub/deep/a: {content: a}}", kept: ["sub/deep/a"]),
        Case(
            testDescription: "a directory with what is in it", purged: "/etc/conf.d",
            others: "directory: {/etc/conf.d/sub: {}}", kept: ["sub", "sub/other"]),
        Case(
            testDescription: "a purged directory in a purged one", purged: "/etc/conf.d",
            others: "directory: {/etc/conf.d/sub: {purge: enforce}}\nfile: {/etc/conf.d/sub/a: {content: a}}",
            kept: ["sub", "sub/a"]),
        Case(
            testDescription: "a link and its target", purged: "/etc/conf.d",
            others: "link: {/etc/conf.d/now: {target: /etc/conf.d/releases/1}}", kept: ["now", "releases/1/data"]),
        Case(
            testDescription: "links of an enabled service", purged: "/etc/systemd/system",
            others: "service: {web: {enabled: true}}",
            kept: ["multi-user.target.wants/web.service"]),
        Case(
            testDescription: "the unit of a service", purged: "/etc/systemd/system",
            others:
                "service: {own: {unit: \"[Service]\\nExecStart=/bin/true\\n[Install]\\nWantedBy=a.target\\n\", enabled: true}}",
            kept: ["own.service", "a.target.wants/own.service"]),
        Case(
            testDescription: "a masked service", purged: "/etc/systemd/system",
            others: "service: {gone: {masked: true}}",
            kept: ["gone.service"]),
        Case(
            testDescription: "a schedule", purged: "/etc/lodestar/schedules.d",
            others: "schedule: {a: {every: 1h, argv: [/bin/true]}}", kept: ["a.json"]),
        Case(
            testDescription: "what a command creates", purged: "/etc/conf.d",
            others: "command: {a: {run: 'touch /etc/conf.d/made', creates: /etc/conf.d/made}}", kept: ["made"]),
        Case(
            testDescription: "what `when` switches off", purged: "/etc/conf.d",
            others: "file: {/etc/conf.d/off: {content: a, when: false}}", kept: ["off"]),
        Case(
            testDescription: "the engine's own state", purged: "/var/lib", others: "file: {/etc/x: {content: x}}",
            kept: ["lodestar/state.db"]),
    ]

    /// A root in which each purged directory has strangers of every kind.
    private func root() throws -> String {
        let root = try Tool.rootWithShell()
        let script = """
            cd '\(root)'; mkdir -p home/ops home/far/ops root/.ssh etc/cron.d etc/conf.d/sub/deep etc/conf.d/releases/1 \
            etc/systemd/system/multi-user.target.wants etc/lodestar/schedules.d var/spool/cron/crontabs usr/lib/systemd/system
            printf '[Service]\\nExecStart=/bin/true\\n[Install]\\nWantedBy=multi-user.target\\n' > usr/lib/systemd/system/web.service
            touch home/ops/notes home/far/ops/notes etc/conf.d/app etc/conf.d/b etc/conf.d/sub/other etc/conf.d/releases/1/data \
            etc/conf.d/off
            chmod 0700 root root/.ssh
            """
        #expect(Tool.run(["sh", "-ec", script]).status == 0)
        return root
    }

    private func addStrangers(_ folder: String) {
        let script = """
            mkdir -p '\(folder)/stranger-dir/x'; touch '\(folder)/stranger' '\(folder)/stranger-dir/x/y' '\(folder)/.hidden'
            ln -sfn /nowhere '\(folder)/stranger-link'; [ -p '\(folder)/stranger-fifo' ] || mkfifo '\(folder)/stranger-fifo'
            """
        #expect(Tool.run(["sh", "-ec", script]).status == 0)
    }

    @Test(arguments: cases) func whatIsDeclaredStays(_ it: Case) throws {
        let root = try root(), folder = root + it.purged
        var others = it.others, own = "\(it.purged): {purge: enforce}"
        if others.hasPrefix("directory: {") {
            own += ", " + others.dropFirst("directory: {".count).prefix { $0 != "\n" }.dropLast()
            others = others.split(separator: "\n").dropFirst().joined(separator: "\n")
        }
        let site = try Tool.site(
            "directory: {\(own)}\n\(others)\n", settings: "site: test\nsafety: {max_removals: 100}\n")
        addStrangers(folder)
        let first = Tool.lodestar("apply", site, "--root", root)
        #expect(first.status == 0, "\(first.output)\(first.errors)")
        for path in it.kept {
            #expect(
                Tool.run(["test", "-e", "\(folder)/\(path)", "-o", "-L", "\(folder)/\(path)"]).status == 0, "\(path)")
        }
        #expect(Tool.run(["find", folder, "-name", "stranger*", "-o", "-name", ".hidden"]).output.isEmpty)
        let second = Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code")
        #expect(second.status == 0 && second.output.contains("nothing to do"), "\(second.output)\(second.errors)")
        addStrangers(folder)
        let drift = Tool.lodestar("plan", site, "--root", root)
        #expect(drift.output.contains("1 to change"), "\(drift.output)")
        #expect(
            drift.output.contains("stranger-dir")
                && !it.kept.contains { drift.output.contains("purge       \(it.purged)/\($0)") })
    }

    @Test func aReportNamesStrangersOnly() throws {
        let root = try root()
        let site = try Tool.site(
            "directory: {/etc/conf.d: {purge: report}}\nfile: {/etc/conf.d/a: {content: a}, /etc/conf.d/sub/x: {content: x}}\n"
        )
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        let plan = Tool.lodestar("plan", site, "--root", root).output
        for name in ["app", "b", "off", "releases", "sub/other", "sub/deep"] {
            #expect(plan.contains("/etc/conf.d/\(name) is not declared"), "\(name): \(plan)")
        }
        #expect(
            !plan.contains("/etc/conf.d/a is") && !plan.contains("/etc/conf.d/sub is") && !plan.contains("sub/x is"))
    }

    @Test func strangersCountAsRemovals() throws {
        let root = try root()
        for number in 1...25 {
            try "".write(toFile: "\(root)/etc/conf.d/s\(number)", atomically: true, encoding: .utf8)
        }
        let site = try Tool.site("directory: {/etc/conf.d: {purge: enforce}}\n")
        let refused = Tool.lodestar("apply", site, "--root", root)
        #expect(refused.status != 0 && refused.output.contains("more than the limit of 20"), "\(refused.output)")
        #expect(FileManager.default.fileExists(atPath: "\(root)/etc/conf.d/s1"))
        #expect(Tool.lodestar("apply", site, "--root", root, "--allow-removals").status == 0)
        #expect(!FileManager.default.fileExists(atPath: "\(root)/etc/conf.d/s1"))
    }

    /// One file an item in a purged directory, as peers keep sites-enabled: the last one that goes reloads the service.
    @Test func whatLeavesAPurgedDirectoryRefreshesItsService() throws {
        let root = try root()
        let site = try Tool.site("")
        func declare(_ names: [String]) throws {
            let files = names.map { "/etc/conf.d/\($0): {content: x, notify: [command:reload]}" }.joined(
                separator: ", ")
            try """
            directory: {/etc/conf.d: {purge: enforce}}
            file: {/etc/z: {content: z}, \(files)}
            command: {reload: {run: "echo x >> /reloads", refresh_only: true}}
            """.write(toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        }
        func reloads() -> Int { (try? String(contentsOfFile: "\(root)/reloads", encoding: .utf8).count / 2) ?? 0 }
        try declare(["one", "two"])
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(reloads() == 1)
        try declare(["one"])
        let plan = Tool.lodestar("plan", site, "--root", root)
        #expect(plan.output.contains("command:reload") && plan.output.contains("no longer declared"), "\(plan.output)")
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(reloads() == 2)
        let empty = Tool.lodestar("plan", site, "--root", root)
        #expect(empty.output.contains("nothing to do"), "\(empty.output)")
    }

    @Test func aSiteThatDeclaresNothingSaysWhatStays() throws {
        let site = try Tool.site("file: {/etc/only: {content: x}}\n"), root = try Tool.bareRoot()
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(!Tool.lodestar("apply", site, "--root", root).errors.contains("declares nothing"))
        try "file: {}\n".write(toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        let empty = Tool.lodestar("apply", site, "--root", root)
        #expect(empty.status == 0 && empty.errors.contains("declares nothing for this host"), "\(empty.errors)")
    }

    /// Mounted file systems stay, whether directly below, deep in a stranger, or bound from the same device.
    @Test(arguments: ["tmpfs", "bind", "file"]) func mountsStay(_ kind: String) throws {
        let root = try root(), folder = "\(root)/etc/conf.d"
        let mounts = ["direct", "deep/er/mount"]
        for place in mounts {
            let path = "\(folder)/\(place)"
            let script =
                switch kind {
                case "tmpfs": "mkdir -p '\(path)'; mount -t tmpfs tmpfs '\(path)'; touch '\(path)/precious'"
                case "bind":
                    "mkdir -p '\(path)' '\(root)/source'; touch '\(root)/source/precious'; mount --bind '\(root)/source' '\(path)'"
                default:
                    "mkdir -p \"$(dirname '\(path)')\"; touch '\(path)'; echo precious > '\(root)/bound'; mount --bind '\(root)/bound' '\(path)'"
                }
            #expect(Tool.run(["sh", "-ec", script]).status == 0)
        }
        defer { for place in mounts { _ = Tool.run(["umount", "-l", "\(folder)/\(place)"]) } }
        addStrangers(folder)
        let site = try Tool.site("directory: {/etc/conf.d: {purge: enforce}}\n")
        let result = Tool.lodestar("apply", site, "--root", root)
        #expect(result.status == 0 && result.errors.contains("mounted"), "\(result.output)\(result.errors)")
        for place in mounts {
            let file = kind == "file" ? "\(folder)/\(place)" : "\(folder)/\(place)/precious"
            #expect(FileManager.default.fileExists(atPath: file))
        }
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/stranger-dir"))
        #expect(Tool.lodestar("plan", site, "--root", root).output.contains("nothing to do"))
        #expect(!Tool.lodestar("apply", site, "--root", root).errors.contains("declares nothing"))
    }

    /// The layers of an overlay have different devices and are one mount.
    @Test func anOverlayIsPurged() throws {
        let lower = try root(), place = try Tool.folder()
        addStrangers("\(lower)/etc/conf.d")
        let mounted = Tool.run([
            "sh", "-ec",
            "cd '\(place)'; mkdir base root; mount -t tmpfs tmpfs base; mkdir base/up base/work; mount -t overlay overlay -o 'lowerdir=\(lower),upperdir=\(place)/base/up,workdir=\(place)/base/work' root",
        ])
        try #require(mounted.status == 0, "\(mounted.errors)")
        defer { _ = Tool.run(["sh", "-c", "umount -l '\(place)/root' '\(place)/base'"]) }
        let folder = "\(place)/root/etc/conf.d"
        try "".write(toFile: "\(folder)/stranger-dir/upper", atomically: true, encoding: .utf8)
        let site = try Tool.site("directory: {/etc/conf.d: {purge: enforce}}\nfile: {/etc/conf.d/a: {content: a}}\n")
        let result = Tool.lodestar("apply", site, "--root", "\(place)/root")
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
    }

    /// What is ignored stays at every depth, also below what nobody declared.
    @Test func whatIsIgnoredStaysBelowStrangers() throws {
        let root = try root(), folder = "\(root)/etc/conf.d"
        let script = """
            cd '\(folder)'; mkdir -p cache/x other/y/z plain/p; touch cache/x/1 other/y/z/a.keep other/y/stray plain/p/q a.keep
            printf x > "$(printf 'bad\\377name')"
            """
        #expect(Tool.run(["sh", "-ec", script]).status == 0)
        let site = try Tool.site("directory: {/etc/conf.d: {purge: enforce, ignore: ['cache/**', '*.keep']}}\n")
        let result = Tool.lodestar("apply", site, "--root", root)
        #expect(
            result.status == 0 && result.errors.contains("its name is not UTF-8"), "\(result.output)\(result.errors)")
        let left = Tool.run(["sh", "-c", "cd '\(folder)'; find . -type f -name '*[a-z1]' -not -name 'bad*' | sort"])
            .output
        #expect(left == "./a.keep\n./cache/x/1\n./other/y/z/a.keep\n")
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/plain"))
        #expect(Tool.lodestar("plan", site, "--root", root).output.contains("nothing to do"))
    }

    /// A pattern with many stars is matched in time linear in the name.
    @Test func aPatternOfManyStarsEnds() throws {
        let root = try root(), name = String(repeating: "a", count: 60)
        try "".write(toFile: "\(root)/etc/conf.d/\(name)", atomically: true, encoding: .utf8)
        let site = try Tool.site(
            "directory: {/etc/conf.d: {purge: report, ignore: ['*a*a*a*a*a*a*a*a*a*a*b', 'sub/**', '[x]?']}}\n")
        let plan = Tool.run(["timeout", "20", Tool.binary, "plan", site, "--root", root])
        #expect(
            plan.status == 0 && plan.output.contains("\(name) is not declared") && !plan.output.contains("conf.d/sub/"))
    }
}
