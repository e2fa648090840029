import Foundation
import Testing

/// `lodestar schedule import` on the files of a host.
@Suite struct ImportCommandTests {
    /// A root with files; a mode behind the text, else 0644.
    private func root(_ files: [String: String], modes: [String: Int] = [:], links: [String: String] = [:]) throws
        -> String
    {
        let root = try Tool.folder()
        func parent(_ path: String) throws {
            let parent = URL(filePath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        }
        for (name, text) in files {
            let path = "\(root)/\(name)"
            try parent(path)
            try Data(text.utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: modes[name] ?? 0o644], ofItemAtPath: path)
        }
        for (name, target) in links {
            try parent("\(root)/\(name)")
            try FileManager.default.createSymbolicLink(atPath: "\(root)/\(name)", withDestinationPath: target)
        }
        return root
    }

    private static let passwd = "root:x:0:0::/root:/bin/sh\n"

    @Test(arguments: [
        ("/usr/share/zoneinfo/Europe/Berlin", "timezone: Europe/Berlin"),
        ("../usr/share/zoneinfo/America/New_York", "timezone: America/New_York"),
        ("/usr/share/zoneinfo/Etc/UTC", "timezone: UTC"),
        ("/usr/share/zoneinfo/posix/Asia/Tokyo", "timezone: Asia/Tokyo"),
    ])
    func theZoneIsThatOfTheRoot(link: String, line: String) throws {
        let root = try root(
            ["etc/crontab": "5 2 * * * root /opt/x\n", "etc/passwd": Self.passwd], links: ["etc/localtime": link])
        for file in ["\(root)/etc/crontab", "/etc/crontab"] {
            let result = Tool.lodestar("schedule", "import", "crontab", file, "--root", root)
            #expect(result.status == 0 && result.output.contains(line), "\(result)")
        }
    }

    @Test func theZoneOfTheServiceComesFirst() throws {
        let root = try root(
            [
                "etc/crontab": "5 2 * * * root /opt/x\n", "etc/passwd": Self.passwd,
                "etc/default/cron": "# x\nTZ=\"Asia/Tokyo\"\n",
            ],
            links: ["etc/localtime": "/usr/share/zoneinfo/Europe/Berlin"])
        let result = Tool.lodestar("schedule", "import", "crontab", "/etc/crontab", "--root", root)
        #expect(result.output.contains("timezone: Asia/Tokyo"))
    }

    @Test func aCopyOfAZoneIsNamedByWhatStandsBesideIt() throws {
        let berlin = try String(
            decoding: Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Berlin")), as: Unicode.ASCII.self)
        let root = try root([
            "etc/crontab": "5 2 * * * root /opt/x\n", "etc/passwd": Self.passwd, "etc/timezone": "Europe/Berlin\n",
        ])
        for path in ["etc/localtime", "usr/share/zoneinfo/Europe/Berlin"] {
            try FileManager.default.createDirectory(
                at: URL(filePath: "\(root)/\(path)").deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: "/usr/share/zoneinfo/Europe/Berlin", toPath: "\(root)/\(path)")
        }
        #expect(!berlin.isEmpty)
        #expect(
            Tool.lodestar("schedule", "import", "crontab", "/etc/crontab", "--root", root).output.contains(
                "timezone: Europe/Berlin\n"))
        // Where the two do not agree, nobody knows the name.
        try Data("Asia/Tokyo\n".utf8).write(to: URL(filePath: "\(root)/etc/timezone"))
        #expect(
            Tool.lodestar("schedule", "import", "crontab", "/etc/crontab", "--root", root).output.contains(
                "timezone: local"))
    }

    @Test(.enabled(if: getuid() == 0, "only root can own tables")) func whatCronPassesOverIsNamedAndNotImported() throws
    {
        let names = ["good", "dotted.conf", "old.dpkg-old", "open", "script"]
        var files = ["etc/passwd": Self.passwd, "etc/cron.d/.placeholder": "# nothing\n"]
        for name in names { files["etc/cron.d/\(name)"] = "* * * * * root /opt/\(name)\n" }
        files["etc/cron.d/alices"] = "* * * * * root /opt/alices\n"
        files["etc/cron.d/unfinished"] = "* * * * * root /opt/unfinished"
        let root = try root(files, modes: ["etc/cron.d/open": 0o666, "etc/cron.d/script": 0o755])
        chown("\(root)/etc/cron.d/alices", 1000, 1000)
        let result = Tool.lodestar("schedule", "import", "crontab", "/etc/cron.d", "--root", root)
        #expect(result.status == 65)
        for name in ["good", "script"] { #expect(result.output.contains("run: /opt/\(name)\n"), "\(name)") }
        for name in ["dotted.conf", "old.dpkg-old", "open", "alices", "unfinished"] {
            #expect(!result.output.contains("run: /opt/\(name)\n"), "\(name)")
            #expect(result.errors.contains("/etc/cron.d/\(name): error: cron passes over it: "), "\(name)")
            #expect(result.output.contains("# \(root)/etc/cron.d/\(name) is left out: "), "\(name)")
            // Alone it is refused the same.
            let alone = Tool.lodestar("schedule", "import", "crontab", "\(root)/etc/cron.d/\(name)", "--root", root)
            #expect(alone.status == 65 && alone.output.contains("schedule: {}"), "\(name)")
        }
        #expect(!result.errors.contains("placeholder"))
    }

    @Test(arguments: ["cron.d/foo", "etc/cron.d/foo", "pkg/etc/crontab", "anywhere"])
    func aTableOfTheSystemIsKnownElsewhere(name: String) throws {
        let root = try root([name: "SHELL=/bin/sh\n*/5 * * * * root /opt/tool --all\n@daily root /opt/other\n"])
        let result = Tool.lodestar("schedule", "import", "crontab", "\(root)/\(name)")
        #expect(result.status == 0 && result.output.contains("run: \"/opt/tool --all\""), "\(result)")
    }

    @Test func aUsersTableIsNoTableOfTheSystem() throws {
        let root = try root([
            "table": "*/5 * * * * /opt/tool root\n@daily rooty x\n", "mixed": "* * * * * root x\n* * * * * true\n",
        ])
        let result = Tool.lodestar("schedule", "import", "crontab", "\(root)/table")
        #expect(result.output.contains("run: \"/opt/tool root\"") && result.output.contains("run: \"rooty x\""))
        #expect(Tool.lodestar("schedule", "import", "crontab", "\(root)/mixed").output.contains("run: \"root x\""))
        let named = Tool.lodestar("schedule", "import", "crontab", "\(root)/table", "--user", "backup")
        #expect(named.output.contains("user: backup"))
    }

    @Test func scriptsAreThoseOfRunParts() throws {
        var files: [String: String] = [:]
        for name in ["good", "plain", "dotted.sh", "tilde~", "UP_9-x"] {
            files["etc/cron.daily/\(name)"] = "#!/bin/sh\n"
        }
        files["etc/crontab"] = "17 4 * * * root cd / && run-parts --report /etc/cron.daily\n"
        let executable = ["good", "dotted.sh", "tilde~", "UP_9-x"]
        let root = try root(
            files, modes: Dictionary(uniqueKeysWithValues: executable.map { ("etc/cron.daily/\($0)", 0o755) }),
            links: ["etc/cron.daily/link": "/bin/true", "etc/cron.daily/nowhere": "/nonexistent"])
        let listed = Tool.run(["/usr/bin/run-parts", "--test", "\(root)/etc/cron.daily"]).output
            .split(separator: "\n").map { String($0.dropFirst(root.count)) }
        let result = Tool.lodestar("schedule", "import", "crontab", "/etc/cron.daily", "--root", root)
        let found = result.output.split(separator: "\n").filter { $0.hasPrefix("    argv:") }
            .map { String($0.dropFirst("    argv: [".count).dropLast()) }
        #expect(found.sorted() == listed.sorted() && listed.count == 3)
        #expect(result.output.contains("cron: \"17 4 * * *\"") && result.status == 65)
        try Data("#!/bin/sh\r\n".utf8).write(to: URL(filePath: "\(root)/etc/cron.daily/good"))
        let other = Tool.lodestar("schedule", "import", "crontab", "/etc/cron.daily", "--root", root)
        #expect(other.errors.contains("good:1: note: its first line `#!/bin/sh` ends in a carriage return"))
        #expect(
            result.errors.contains(
                "plain: error: run-parts passes over it: expected an executable file, found the mode 0644"))
    }

    // MARK: timers

    /// The judge loads the unit and complains of an unknown key in each file, in the order in which it reads them.
    @Test func dropInsAreThoseOfSystemd() throws {
        let key = "LodestarMark=1\n"
        var files = ["usr/lib/systemd/system/a-b.timer": "[Timer]\n\(key)OnCalendar=*-*-* 00:00:00\n"]
        let dropIns = [
            "usr/lib/systemd/system/a-b.timer.d/10.conf", "etc/systemd/system/a-b.timer.d/20.conf",
            "etc/systemd/system/a-.timer.d/10.conf", "run/systemd/system/a-b.timer.d/15.conf",
            "usr/lib/systemd/system/timer.d/05.conf", "etc/systemd/system/timer.d/20.conf",
            "etc/systemd/system/timer.d/30.conf", "usr/lib/systemd/system/a-.timer.d/30.conf",
            "etc/systemd/system/a-b.timer.d/40.txt", "etc/systemd/system/b.timer.d/50.conf",
        ]
        for (index, name) in dropIns.enumerated() {
            files[name] = "[Timer]\n\(key)OnCalendar=*-*-* 01:\(10 + index):00\n"
        }
        files["usr/lib/systemd/system/a-b.timer.d/60.conf"] = "[Timer]\n\(key)OnCalendar=*-*-* 02:00:00\n"
        let root = try root(files, links: ["etc/systemd/system/a-b.timer.d/60.conf": "/dev/null"])
        let path = ["etc", "run", "usr/lib"].map { "\(root)/\($0)/systemd/system" }.joined(separator: ":")
        let judge = Tool.run(["/usr/bin/env", "SYSTEMD_UNIT_PATH=\(path)", "systemd-analyze", "verify", "a-b.timer"])
        let read = judge.errors.split(separator: "\n").filter { $0.contains("LodestarMark") }
            .compactMap { $0.split(separator: ":").first }
        try #require(read.count > 5, "\(judge.errors)")
        let times = read.dropFirst().map { file in
            files[String(file.dropFirst(root.count + 1))]?.split(separator: "\n").last.map(String.init) ?? "?"
        }
        let result = Tool.lodestar("schedule", "import", "timer", "/usr/lib/systemd/system/a-b.timer", "--root", root)
        let found = result.output.split(separator: "\n").compactMap { line in
            line.contains(": OnCalendar=") ? line.split(separator: ": ").last.map(String.init) : nil
        }
        #expect(Array(found.dropFirst()) == times, "\(result.errors)")
    }

    @Test func aMaskedTimerIsNamed() throws {
        let root = try root(
            ["usr/lib/systemd/system/a.timer": "[Timer]\nOnCalendar=daily\n"],
            links: ["etc/systemd/system/a.timer": "/dev/null"])
        let result = Tool.lodestar("schedule", "import", "timer", "/usr/lib/systemd/system/a.timer", "--root", root)
        #expect(result.status == 65 && result.errors.contains("masks it"))
        #expect(
            Tool.lodestar("schedule", "import", "timer", "/etc/systemd/system/a.timer", "--root", root).status == 65)
    }

    @Test func dropInsBesideATimerElsewhereAreRead() throws {
        let root = try root([
            "a.timer": "[Timer]\nOnCalendar=daily\n", "a.timer.d/x.conf": "[Timer]\nOnCalendar=\nOnCalendar=weekly\n",
        ])
        let result = Tool.lodestar("schedule", "import", "timer", "\(root)/a.timer")
        #expect(result.output.contains("\"0 0 * * 1\"") && !result.output.contains("\"0 0 * * *\""))
    }
}
