import Foundation
import Testing

/// `lodestar undo`: back to what was there before a run, and held until the site changes.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct UndoCommandTests {
    private let root: String, site: String

    init() throws {
        root = try Tool.rootWithShell()
        site = try Tool.site("")
    }

    private func apply(_ manifest: String? = nil) throws -> Tool.Result {
        if let manifest {
            try manifest.write(toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        }
        return Tool.lodestar("apply", site, "--root", root, "--allow-removals")
    }

    private func plan() -> Tool.Result { Tool.lodestar("plan", site, "--root", root) }

    private func undo(_ words: String...) -> Tool.Result { Tool.run([Tool.binary, "undo", "--root", root] + words) }

    private func text(_ path: String) -> String? { try? String(contentsOfFile: root + path, encoding: .utf8) }

    private func write(_ text: String, _ path: String) throws {
        try text.write(toFile: root + path, atomically: true, encoding: .utf8)
    }

    /// Everything below /etc, /srv and /home with its kind, mode, owner and content.
    private func tree() -> String {
        Tool.run([
            "sh", "-c",
            """
            cd '\(root)' && find etc srv home -printf '%p %y %m %U %G %l\\n' | grep -v etc/lodestar | sort
            find etc srv home -type f | grep -v etc/lodestar | sort | xargs sha256sum
            """,
        ]).output
    }

    @Test func whatWasCreatedChangedAndRemovedComesBack() throws {
        try write("old\n", "/etc/changed")
        try write("gone\n", "/etc/gone")
        chmod("\(root)/etc/changed", 0o640)
        chown("\(root)/etc/gone", 12, 34)
        try FileManager.default.createSymbolicLink(atPath: "\(root)/etc/link", withDestinationPath: "a")
        let before = tree()
        let manifest = """
            file:
              /etc/made: {content: "new\\n"}
              /etc/changed: {content: "new\\n", mode: "0600"}
              /etc/gone: {state: absent}
              /srv/d/f: {content: x}
            link:
              /etc/link: {target: b}
            directory:
              /srv/d: {mode: "0700"}
            line:
              hosts: {path: /etc/hosts, text: "192.0.2.1 gate"}
            """
        #expect(try apply(manifest).status == 0)
        #expect(tree() != before)
        let shown = undo("1", "--plan")
        #expect(shown.status == 0 && shown.output.contains("- file:/etc/made"), "\(shown.output)\(shown.errors)")
        #expect(shown.output.contains("changed by line:hosts"), "\(shown.output)")
        #expect(shown.output.contains("-new") && shown.output.contains("+old"), "\(shown.output)")
        let done = undo("1")
        #expect(done.status == 0, "\(done.output)\(done.errors)")
        #expect(tree() == before)
        // The same site does not do it again, another one does.
        #expect(plan().output.contains("= file:/etc/made"), "\(plan().output)")
        #expect(try apply().output.contains("nothing to do"))
        #expect(tree() == before)
        #expect(try apply(manifest.replacingOccurrences(of: "content: x", with: "content: y")).status == 0)
        #expect(text("/etc/made") == "new\n" && text("/etc/changed") == "new\n")
    }

    @Test func anUndoCanBeUndone() throws {
        #expect(try apply("file: {/etc/a: {content: one}}\n").status == 0)
        #expect(try apply("file: {/etc/a: {content: two}}\n").status == 0)
        #expect(undo("2").status == 0)
        #expect(text("/etc/a") == "one")
        #expect(undo("3").status == 0)
        #expect(text("/etc/a") == "two")
        let history = Tool.lodestar("history", "--root", root).output
        #expect(history.contains("Z  the undo of run 2  1 changed"), "\(history)")
    }

    /// What is declared anew, or otherwise, is done: only what the undo took back is held.
    @Test func anotherDeclarationIsNotHeld() throws {
        #expect(try apply("file: {/etc/a: {content: one}, /etc/k: {content: k}}\n").status == 0)
        #expect(undo("1").status == 0)
        #expect(undo("2").status == 0)
        #expect(text("/etc/a") == "one")
        try write("drift", "/etc/a")
        #expect(try apply().status == 0)
        #expect(text("/etc/a") == "one")
        #expect(try apply("file: {/etc/a: {content: two}, /etc/k: {content: k}}\n").status == 0)
        #expect(text("/etc/a") == "two")
        #expect(try apply("file: {/etc/k: {content: k}}\n").status == 0)
        #expect(text("/etc/a") == nil)
        #expect(undo("6").status == 0)
        #expect(text("/etc/a") == "two")
        #expect(try apply("file: {/etc/a: {content: three}, /etc/k: {content: k}}\n").status == 0)
        #expect(text("/etc/a") == "three")
    }

    /// The undo of an undo brings back whose the object is, also where a file is a part of another type.
    @Test func whatComesBackTwiceIsStillOurs() throws {
        try write("127.0.0.1 localhost\n", "/etc/hosts")
        let both = "line: {a: {path: /etc/hosts, text: 192.0.2.1 a}, b: {path: /etc/hosts, text: 192.0.2.2 b}}\n"
        #expect(try apply(both).status == 0)
        #expect(undo("1").status == 0)
        let again = undo("2")
        #expect(again.status == 0 && again.output.contains("line:a"), "\(again.output)\(again.errors)")
        #expect(text("/etc/hosts")?.contains("192.0.2.2 b") == true)
        #expect(try apply().output.contains("nothing to do"))
        #expect(try apply("directory: {/srv/d: {}}\n").status == 0)
        #expect(text("/etc/hosts") == "127.0.0.1 localhost\n")
    }

    /// A run of a version that kept no images.
    @Test func whatWasNotKeptIsNamed() throws {
        #expect(try apply("file: {/etc/a: {content: one}}\n").status == 0)
        let database = "\(root)/var/lib/lodestar/state.db"
        let forgotten = Tool.run([
            "python3", "-c",
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('DELETE FROM images'); c.commit()",
            database,
        ])
        #expect(forgotten.status == 0, "\(forgotten.errors)")
        let refused = undo("1")
        #expect(refused.status == 4 && refused.errors.contains("file:/etc/a"), "\(refused.output)\(refused.errors)")
        #expect(!refused.errors.contains("--partial"), "there are no others: \(refused.errors)")
        #expect(text("/etc/a") == "one")
    }

    @Test func whatChangedSinceIsRefusedAndTheRestUndone() throws {
        #expect(try apply("file: {/etc/a: {content: one}, /etc/b: {content: one}}\n").status == 0)
        #expect(try apply("file: {/etc/a: {content: two}, /etc/b: {content: two}}\n").status == 0)
        try write("by hand", "/etc/a")
        let shown = undo("2", "--plan")
        #expect(shown.status == 4 && text("/etc/b") == "two", "\(shown.output)")
        let done = undo("2")
        #expect(done.status == 4 && done.output.contains("its content was changed since run 2"), "\(done.output)")
        #expect(text("/etc/a") == "by hand" && text("/etc/b") == "one")
    }

    @Test func aCommandIsNamedBeforeAnythingIsDone() throws {
        #expect(try apply("command: {c: {run: \"true\"}}\nfile: {/etc/a: {content: x}}\n").status == 0)
        let refused = undo("1")
        #expect(refused.status == 4 && refused.errors.contains("command:c"), "\(refused.output)\(refused.errors)")
        #expect(refused.errors.contains("--partial"), "\(refused.errors)")
        #expect(text("/etc/a") == "x")
        #expect(undo("1", "--only", "file:/etc/a").status == 0)
        #expect(text("/etc/a") == nil)
        let unknown = undo("1", "--only", "file:/etc/b")
        #expect(unknown.status == 64 && unknown.errors.contains("file:/etc/a"), "\(unknown.errors)")
        #expect(undo("99").status == 66)
    }

    @Test func whatCannotBeUndoneIsLeftOutWhereSomebodySaysSo() throws {
        let manifest = """
            command: {c: {run: "true"}}
            line:
              one: {path: /etc/hosts, text: "192.0.2.1 one"}
              two: {path: /etc/hosts, text: "192.0.2.2 two"}
            file: {/etc/a: {content: x}, /etc/b: {content: x}}
            """
        try write("127.0.0.1 localhost\n", "/etc/hosts")
        #expect(try apply(manifest).status == 0)
        // One write of two resources comes back whole or not at all.
        let half = undo("1", "--skip", "command:c", "--skip", "line:one")
        #expect(half.status == 4 && half.errors.contains("line:two") && text("/etc/a") == "x", "\(half.errors)")
        let shown = undo("1", "--partial", "--plan")
        #expect(shown.status == 0 && text("/etc/a") == "x", "\(shown.errors)")
        #expect(
            shown.output.contains("note: command:c stays as run 1 left it: nobody knows what command did"),
            "\(shown.output)")
        let some = undo("1", "--skip", "command:c", "--skip", "file:/etc/b")
        #expect(some.status == 0 && text("/etc/a") == nil && text("/etc/b") == "x", "\(some.output)\(some.errors)")
        #expect(text("/etc/hosts") == "127.0.0.1 localhost\n")
        // What was left out is not held.
        try write("drift", "/etc/b")
        #expect(try apply().status == 0)
        #expect(text("/etc/b") == "x" && text("/etc/a") == nil)
        let rest = undo("1", "--partial")
        #expect(rest.status == 0 && text("/etc/b") == nil, "\(rest.output)\(rest.errors)")
        #expect(undo("1", "--skip", "file:/etc/c").status == 64)
    }

    /// The number of an account that a run removed is nobody else's, whatever the site says by then.
    @Test func aNumberIsNotGivenAgain() throws {
        let kim = "kim: {uid: 3105, on_undeclare: remove}"
        #expect(try apply("user: {eve: {uid: 3104}, \(kim)}\n").status == 0)
        #expect(try apply("user: {eve: {state: absent, uid: 3104}, \(kim)}\n").status == 0)
        let other = try apply("user: {bob: {uid: 3104}, \(kim)}\nfile: {/etc/a: {content: x}}\n")
        #expect(
            other.status == 4 && text("/etc/passwd")?.contains("bob") == false && text("/etc/a") == "x",
            "\(other.output)")
        #expect(
            other.output.contains("user number 3104 was that of user:eve, and files may still have it")
                && other.output.contains("--allow-reuse"), "\(other.output)")
        #expect(try apply("user: {eve: {uid: 3104}}\n").status == 0)
        #expect(text("/etc/passwd")?.contains("eve:x:3104:") == true, "whose it was may have it again")
        #expect(try apply("user: {eve: {uid: 3104}, ann: {uid: 3105}}\n").status == 4, "un-declaring remembers too")
        let allowed = Tool.lodestar("apply", site, "--root", root, "--allow-reuse")
        #expect(allowed.status == 0 && text("/etc/passwd")?.contains("ann:x:3105:") == true, "\(allowed.output)")
        // An undo of what made an account is no removal of somebody.
        #expect(try apply("user: {eve: {uid: 3104}, zoe: {uid: 3106}}\n").status == 0)
        let last = Tool.lodestar("history", "--root", root, "--format", "json").output
        let number = try #require(last.firstMatch(of: /"run": ?(\d+)/)?.1)
        #expect(undo(String(number)).status == 0)
        #expect(try apply("user: {eve: {uid: 3104}, ben: {uid: 3106}}\n").status == 0)
    }

    /// What a check itself writes is no edit of somebody else's.
    @Test func aCheckThatHasRunIsUndone() throws {
        #expect(try apply("check: {one: {run: \"echo 7\", format: value, user: root, directory: /srv}}\n").status == 0)
        let ran = Tool.run([Tool.binary, "check-run", "one", "--root", root])
        #expect(ran.status == 0 && text("/srv/lodestar-check-one.prom")?.contains(" 7") == true, "\(ran.errors)")
        let done = undo("1")
        #expect(done.status == 0 && text("/srv/lodestar-check-one.prom") == nil, "\(done.output)\(done.errors)")
        #expect(undo("2").status == 0)
        #expect(text("/srv/lodestar-check-one.prom") != nil)
    }

    /// Only the lines of the run go; what others wrote into the file since stays.
    @Test func linesOfOthersStay() throws {
        try write("127.0.0.1 localhost\n", "/etc/hosts")
        #expect(try apply("line: {a: {path: /etc/hosts, text: \"192.0.2.1 a\"}}\n").status == 0)
        #expect(
            try apply(
                """
                line:
                  a: {path: /etc/hosts, text: "192.0.2.1 a"}
                  b: {path: /etc/hosts, text: "192.0.2.2 b"}
                """
            ).status == 0)
        let done = undo("1")
        #expect(done.status == 0, "\(done.output)\(done.errors)")
        #expect(text("/etc/hosts") == "127.0.0.1 localhost\n192.0.2.2 b\n")
        let both = undo("2", "--only", "line:b")
        #expect(both.status == 0 && text("/etc/hosts") == "127.0.0.1 localhost\n", "\(both.output)\(both.errors)")
    }

    @Test func accountsComeBackAsTheyWere() throws {
        let first = """
            group: {ops: {gid: 3000}}
            user: {ana: {uid: 3001, shell: /bin/sh, comment: Ana, groups: {exactly: [ops]}}}
            """
        #expect(try apply(first).status == 0)
        let before = tree()
        let second = """
            group: {ops: {gid: 3000}, web: {gid: 3005}}
            user:
              ana: {uid: 3001, shell: /bin/bash, comment: Ana B, groups: {exactly: [ops, web]}, locked: true}
              bob: {uid: 3002}
            """
        #expect(try apply(second).status == 0)
        let done = undo("2")
        #expect(done.status == 0, "\(done.output)\(done.errors)")
        #expect(done.output.contains("/home/bob stays"), "\(done.output)")
        try FileManager.default.removeItem(atPath: "\(root)/home/bob")
        #expect(tree() == before, "\(Tool.run(["cat", root + "/etc/passwd", root + "/etc/shadow"]).output)")
        #expect(try apply("user: {ana: {state: absent}}\ngroup: {ops: {}}\n").status == 0)
        #expect(text("/etc/passwd")?.contains("ana") == false)
        let back = undo("4")
        #expect(back.status == 0, "\(back.output)\(back.errors)")
        #expect(back.output.contains("user:ana comes back without its password"), "\(back.output)")
        #expect(text("/etc/passwd")?.contains("ana:x:3001:3001:Ana:/home/ana:/bin/sh") == true)
        #expect(text("/etc/group")?.contains("ops:x:3000:ana") == true)
    }

    /// What a removal took is ours again, and goes when the site changes.
    @Test func aRemovedObjectIsStillOurs() throws {
        #expect(try apply("file: {/etc/a: {content: x}, /etc/b: {content: x}}\n").status == 0)
        #expect(try apply("file: {/etc/b: {content: x}}\n").status == 0)
        #expect(text("/etc/a") == nil)
        #expect(undo("2").status == 0)
        #expect(text("/etc/a") == "x")
        #expect(try apply().status == 0)
        #expect(text("/etc/a") == "x")
        #expect(try apply("file: {/etc/b: {content: y}}\n").status == 0)
        #expect(text("/etc/a") == nil)
    }

    /// One resource sets the owner, another a line: both come back, and the owner alone needs no bytes.
    @Test func aModeAndALineOfOneFileComeBack() throws {
        try write("127.0.0.1 localhost\n", "/etc/hosts")
        chmod("\(root)/etc/hosts", 0o644)
        let before = tree()
        let manifest = "file: {/etc/hosts: {mode: \"0600\"}}\nline: {l: {path: /etc/hosts, text: \"192.0.2.1 a\"}}\n"
        #expect(try apply(manifest).status == 0)
        let done = undo("1")
        #expect(done.status == 0 && tree() == before, "\(done.output)\(done.errors)")
    }

    /// A hold lasts for the commit that was applied, also where the mending commit comes before the next apply.
    @Test func aCommitEndsWhatIsHeld() throws {
        try FileManager.default.createDirectory(atPath: "\(site)/.git", withIntermediateDirectories: false)
        func commit(_ letter: Character) throws {
            let text = String(repeating: letter, count: 40) + "\n"
            try text.write(toFile: "\(site)/.git/HEAD", atomically: true, encoding: .utf8)
        }
        try commit("a")
        #expect(try apply("file: {/etc/a: {content: bad}, /etc/b: {content: good}}\n").status == 0)
        #expect(undo("1").status == 0)
        let held = try apply()
        #expect(held.errors.contains("note: file:/etc/b is left alone: run 1 was undone"), "\(held.errors)")
        #expect(text("/etc/b") == nil)
        #expect(undo("1").status == 0)
        try commit("b")
        #expect(try apply("file: {/etc/a: {content: mended}, /etc/b: {content: good}}\n").status == 0)
        #expect(text("/etc/a") == "mended" && text("/etc/b") == "good")
    }

    @Test func aFullDirectoryStaysAndTheRestIsUndone() throws {
        try write("hand made\n", "/etc/plain")
        #expect(try apply("file: {/etc/plain: {state: absent}}\ndirectory: {/srv/t: {}}\n").status == 0)
        try write("x", "/srv/t/inside")
        let done = undo("1")
        #expect(done.status == 4 && done.output.contains("not empty"), "\(done.output)\(done.errors)")
        #expect(text("/etc/plain") == "hand made\n" && text("/srv/t/inside") == "x")
    }

    @Test func aPlanWritesNothing() throws {
        #expect(try apply("file: {/etc/a: {content: x}}\n").status == 0)
        func everything() -> String {
            Tool.run(["find", root, "-printf", "%p %i %m %s %C@\\n"]).output
        }
        let before = everything()
        #expect(undo("1", "--plan").status == 0)
        #expect(undo("1", "--plan", "--detailed-exit-code").status == 2)
        #expect(everything() == before)
    }
}
