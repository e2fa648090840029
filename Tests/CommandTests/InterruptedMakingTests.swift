import Foundation
import Testing

/// What a run that ends in the middle, or meets a fault, leaves of accounts, homes and files.
@Suite(
    .enabled(if: getuid() == 0, "apply needs root"),
    .enabled(if: Tool.run(["which", "strace"]).status == 0, "needs strace: make install brings it"))
struct InterruptedMakingTests {
    /// Applies with something injected at a system call.
    private func apply(_ site: String, _ root: String, _ call: String, _ injected: String) -> Tool.Result {
        let inject = ["-e", "trace=\(call)", "-e", "inject=\(call):\(injected)"]
        return Tool.run(
            ["env", "SWIFT_BACKTRACE=enable=no", "strace", "-f", "-qq", "-o", "/dev/null"] + inject
                + [Tool.binary, "apply", site, "--root", root])
    }

    private func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    private func leftovers(_ root: String) -> String {
        Tool.run(["find", root, "-name", ".lodestar-*", "-o", "-name", "*.lock", "!", "-name", ".pwd.lock"]).output
    }

    @Test(arguments: ["error=EIO", "signal=KILL"])
    func aRemovalThatStopsBetweenTheDatabasesIsDoneAgain(injected: String) throws {
        var failureCount = 0
        for number in 1...8 {
            let root = try Tool.bareRoot(), site = try Tool.site("user: {ana: {groups: {exactly: [adm]}}}\n")
            try "root:*::\nadm:*::\n".write(toFile: "\(root)/etc/gshadow", atomically: true, encoding: .utf8)
            for name in ["subuid", "subgid"] {
                try "".write(toFile: "\(root)/etc/\(name)", atomically: true, encoding: .utf8)
            }
            #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
            try "user: {ana: {state: absent}}\n".write(
                toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
            if apply(site, root, "renameat2", "\(injected):when=\(number)").status != 0 { failureCount += 1 }
            if injected.hasPrefix("error") { #expect(leftovers(root).isEmpty, "fault \(number)") }
            let next = Tool.lodestar("apply", site, "--root", root)
            #expect(next.status == 0, "fault \(number): \(next.output)")
            for name in ["passwd", "group", "shadow", "gshadow", "subuid", "subgid"] {
                #expect(!text("\(root)/etc/\(name)").contains("ana"), "fault \(number): \(name)")
            }
            #expect(leftovers(root).isEmpty, "fault \(number)")
        }
        #expect(failureCount >= 6, "each database is one rename")
    }

    @Test(arguments: ["mkdirat", "fchownat", "fchmod", "openat2", "renameat2", "fsync", "write"])
    func aHomeIsThereWholeOrNotAtAll(call: String) throws {
        var wasKilled = true, number = 0, sawNone = false
        while wasKilled, number < 200 {
            number += ["write", "openat2"].contains(call) ? 9 : 2
            let root = try Tool.bareRoot()
            let script = """
                mkdir -p '\(root)/etc/skel/deep'; echo a > '\(root)/etc/skel/.profile'; echo b > '\(root)/etc/skel/deep/b'
                ln -s .profile '\(root)/etc/skel/link'
                """
            #expect(Tool.run(["sh", "-ec", script]).status == 0)
            let site = try Tool.site("user: {ana: {uid: 3601, home: /srv/homes/ana}}\n")
            wasKilled = apply(site, root, call, "signal=KILL:when=\(number)").status != 0
            let home = "\(root)/srv/homes/ana"
            for round in 1...2 {
                if FileManager.default.fileExists(atPath: home) {
                    let owners = Tool.run(["find", home, "-printf", "%P %u:%g %m %l\\n"]).output
                    let wanted = " 3601:3601 755 |.profile 3601:3601 644 |deep 3601:3601 755 |deep/b 3601:3601 644 |"
                    #expect(
                        owners.split(separator: "\n").sorted().joined(separator: "|")
                            == wanted + "link 3601:3601 777 .profile", "\(call) \(number), round \(round)")
                } else {
                    sawNone = true
                }
                let parent = Tool.run(["stat", "-c", "%a", "\(root)/srv/homes"])
                if parent.status == 0 { #expect(parent.output == "755\n", "\(call) \(number)") }
                if round == 1 { #expect(Tool.lodestar("apply", site, "--root", root).status == 0) }
            }
            #expect(!leftovers(root).contains(".lodestar-"), "\(call) \(number)")
        }
        #expect(sawNone, "no kill was early enough")
        #expect(number < 200)
    }

    /// A lock file and whether it keeps everybody out.
    @Test(arguments: [
        ("", "now", true), ("\u{0}\u{0}", "now", true), ("", "2 days ago", true), ("abc", "2 days ago", true),
        ("999999999", "now", true), ("1", "2001-01-01", true), ("1", "now", false),
    ])
    func aLockOfNobodyIsTakenOver(content: String, time: String, isTaken: Bool) throws {
        for name in isTaken ? ["passwd", "gshadow"] : ["group"] {
            let root = try Tool.bareRoot(), lock = "\(root)/etc/\(name).lock"
            try content.write(toFile: lock, atomically: true, encoding: .utf8)
            #expect(Tool.run(["touch", "-d", time, lock]).status == 0)
            let command = [Tool.binary, "apply", try Tool.site("group: {web: {}}\n"), "--root", root]
            // A living holder is waited for, for 15 s.
            let result = Tool.run(isTaken ? command : ["timeout", "-s", "KILL", "2"] + command)
            #expect((result.status == 0) == isTaken, "\(result.output)")
            #expect(FileManager.default.fileExists(atPath: lock) != isTaken)
        }
    }

    /// The number is durable before the first lock has its name.
    @Test func aLockIsDurableBeforeItIsThere() throws {
        let root = try Tool.bareRoot(), trace = try Tool.folder() + "/trace"
        let words = ["strace", "-f", "-qq", "-o", trace, "-e", "trace=fsync,linkat", Tool.binary, "apply"]
        #expect(Tool.run(words + [try Tool.site("group: {web: {}}\n"), "--root", root]).status == 0)
        let calls = text(trace).split(separator: "\n").compactMap { line -> String? in
            line.contains("linkat(") ? "link" : line.contains("fsync(") ? "fsync" : nil
        }
        let first = try #require(calls.firstIndex(of: "link"))
        #expect(first > 0 && calls[first - 1] == "fsync")
    }

    @Test func attributesAreKeptOrTheFileIsNotReplaced() throws {
        var failureCount = 0
        for number in 6...16 {
            let root = try Tool.bareRoot(), site = try Tool.site("file: {/etc/a: {content: new}}\n")
            let file = "\(root)/etc/a"
            try "old".write(toFile: file, atomically: true, encoding: .utf8)
            let python = [
                "python3", "-c",
                "import os, sys; getattr(os, sys.argv[1])(sys.argv[2], 'user.kept', *[b'm'] * int(sys.argv[3]))",
            ]
            #expect(Tool.run(python + ["setxattr", file, "1"]).status == 0)
            if apply(site, root, "openat2", "error=EIO:when=\(number)").status != 0 { failureCount += 1 }
            #expect(Tool.run(python + ["getxattr", file, "0"]).status == 0, "fault \(number)")
        }
        #expect(failureCount > 0)
    }

    /// A file that is written in place: what is there after an apply of a content of so many bytes, on 64 KiB of memory.
    @Test(arguments: [
        ("60000", "", 0, "60000"), ("200000", "", 4, "30000"), ("10", "", 0, "10"),
        ("40000", ", validate: \"false %\"", 4, "30000"),
    ])
    func nothingIsCutOffBeforeThereIsRoom(size: String, words: String, status: Int32, after: String) throws {
        let root = try Tool.bareRoot(), content = String(repeating: "n", count: Int(size) ?? 0)
        let site = try Tool.site("file: {/srv/f: {content: \(content), in_place: true\(words)}}\n")
        let script = """
            mount -t tmpfs -o size=128k tmpfs "$1/srv"; cd "$1/srv"; head -c 30000 /dev/zero | tr '\\0' o > f; inode=$(stat -c %i f)
            "$2" apply "$3" --root "$1" > /dev/null 2>&1; status=$?
            [ "$(stat -c %i f)" = "$inode" ] || echo "another inode"
            [ "$(tr -d on < f | wc -c)" = 0 ] || echo mixed
            [ "$(ls -A)" = f ] || echo leftovers
            echo "$status $(stat -c %s f)"
            """
        let result = Tool.run(["unshare", "-m", "sh", "-c", script, "sh", root, Tool.binary, site])
        #expect(result.output == "\(status) \(after)\n", "\(result.errors)")
    }
}
