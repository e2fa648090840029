import Foundation
import Testing

/// plan and apply with their exit codes.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct ConvergeCommandTests {
    static let manifest = """
        file:
          /etc/a: {content: "one\\n", tags: [first]}
          /etc/b: {content: "two\\n", require: ["file:/etc/a"]}
        """

    @Test func detailedExitCodesTellWhatIsPending() throws {
        let root = try Tool.bareRoot(), site = try Tool.site(Self.manifest)
        #expect(Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code").status == 2)
        #expect(Tool.lodestar("plan", site, "--root", root).status == 0)
        #expect(Tool.lodestar("apply", site, "--root", root, "--detailed-exit-code").status == 2)
        #expect(Tool.lodestar("apply", site, "--root", root, "--detailed-exit-code").status == 0)
        #expect(Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code").status == 0)
        try FileManager.default.removeItem(atPath: "\(root)/etc/a")
        try FileManager.default.createDirectory(atPath: "\(root)/etc/a", withIntermediateDirectories: false)
        #expect(Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code").status == 4)
        let failed = Tool.lodestar("apply", site, "--root", root)
        #expect(failed.status == 4)
        #expect(failed.output.contains("skipped: file:/etc/a failed"))
    }

    @Test func aSavedPlanIsAppliedExactly() throws {
        let root = try Tool.bareRoot(), site = try Tool.site(Self.manifest), plan = try Tool.folder() + "/plan.json"
        #expect(Tool.lodestar("plan", site, "--root", root, "--out", plan).status == 0)
        try "somebody was here".write(toFile: "\(root)/etc/a", atomically: true, encoding: .utf8)
        let stale = Tool.lodestar("apply", plan)
        #expect(stale.status == 4)
        #expect(stale.output.contains("! file:/etc/a  stale"))
        #expect(stale.output.contains("! file:/etc/b  skipped"))
        #expect(try String(contentsOfFile: "\(root)/etc/a", encoding: .utf8) == "somebody was here")
        #expect(Tool.lodestar("plan", site, "--root", root, "--out", plan).status == 0)
        #expect(Tool.lodestar("apply", plan).status == 0)
        try "file: {}\n".write(toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        #expect(Tool.lodestar("apply", plan).status == 65)
    }

    @Test func aSavedPlanKeepsToItsRoot() throws {
        let root = try Tool.bareRoot(), other = try Tool.bareRoot(), plan = try Tool.folder() + "/plan.json"
        let site = try Tool.site(Self.manifest), dotted = "\(root)/etc/.."
        #expect(Tool.lodestar("plan", site, "--root", dotted, "--out", plan).status == 0)
        #expect(try String(contentsOfFile: plan, encoding: .utf8).contains("\"root\": \"\(root)\""))
        #expect(Tool.lodestar("apply", plan, "--root", other).status == 65)
        #expect(!FileManager.default.fileExists(atPath: "\(root)/etc/a"))
        #expect(Tool.lodestar("apply", plan, "--root", dotted).status == 0)
        #expect(FileManager.default.fileExists(atPath: "\(root)/etc/a"))
    }

    @Test(arguments: [
        ("file: {/srv/a: {content: x}}", "link: {/srv/a: {target: b}}"),
        ("file: {/srv/a: {content: x}}", "directory: {/srv/a: {}}"),
        ("link: {/srv/a: {target: b}}", "directory: {/srv/a: {}}"),
        ("directory: {/srv/a: {}}", "file: {/srv/a: {content: x}}"),
    ])
    func anObjectOfOursGivesWayToAnotherTypeAtItsPath(before: String, after: String) throws {
        let root = try Tool.bareRoot(), site = try Tool.site(before + "\n")
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        try (after + "\n").write(toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        #expect(Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code").status == 2)
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code").status == 0)
    }

    @Test func aRefusalHintsAtReplaceOnlyWhereTheTypeHasIt() throws {
        let root = try Tool.bareRoot()
        let site = try Tool.site(
            "line: {l: {path: /etc/passwd.d, text: a}}\ndirectory: {/etc/hosts: {}}\n")
        try FileManager.default.createDirectory(atPath: "\(root)/etc/passwd.d", withIntermediateDirectories: false)
        let plan = Tool.lodestar("plan", site, "--root", root).output
        #expect(plan.components(separatedBy: "hint: `replace: true`").count == 2)
    }

    @Test(arguments: ["{system: true}", "{manage_home: false}", "{}"])
    func anAccountWithoutPropertiesIsMade(properties: String) throws {
        let root = try Tool.bareRoot(), site = try Tool.site("user: {v: \(properties)}\n")
        #expect(Tool.lodestar("plan", site, "--root", root).output.contains("1 to add"))
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(try String(contentsOfFile: "\(root)/etc/passwd", encoding: .utf8).contains("\nv:x:"))
        #expect(Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code").status == 0)
    }

    @Test func aDefaultOutsideItsChoicesIsRefused() throws {
        let site = try Tool.site("role: {r: {}}\n"), role = "\(site)/roles/r.yaml"
        try FileManager.default.createDirectory(atPath: "\(site)/roles", withIntermediateDirectories: true)
        for (standard, status) in [("c", 65), ("a", 0)] {
            try "parameters: {o: {type: string, one_of: [a, b], default: \(standard)}}\n".write(
                toFile: role, atomically: true, encoding: .utf8)
            #expect(Int(Tool.lodestar("check", site).status) == status)
        }
    }

    @Test func whatCouldNotBeMadeIsNotOursToRemove() throws {
        let root = try Tool.bareRoot()
        let site = try Tool.site("file: {/srv/a: {content: a, validate: \"false %\"}, /srv/b: {content: b}}\n")
        #expect(Tool.lodestar("apply", site, "--root", root).status == 4)
        #expect(!Tool.lodestar("ledger", "--root", root).output.contains("/srv/a"))
        try "somebody's".write(toFile: "\(root)/srv/a", atomically: true, encoding: .utf8)
        try "file: {/srv/b: {content: b}}\n".write(
            toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(try String(contentsOfFile: "\(root)/srv/a", encoding: .utf8) == "somebody's")
    }

    @Test func selectionTakesRequirementsAlong() throws {
        let root = try Tool.bareRoot(), site = try Tool.site(Self.manifest)
        let plan = Tool.lodestar("plan", site, "--root", root, "--only", "file:/etc/b")
        #expect(plan.output.contains("2 to add"))
        #expect(Tool.lodestar("plan", site, "--root", root, "--skip", "file:/etc/b").output.contains("1 to add"))
        #expect(Tool.lodestar("plan", site, "--root", root, "--only", "first").output.contains("1 to add"))
        #expect(Tool.lodestar("plan", site, "--root", root, "--only", "nothing").status == 64)
    }

    @Test func moreRemovalsThanTheLimitAreRefusedBeforeTheFirstEffect() throws {
        let root = try Tool.bareRoot()
        let site = try Tool.site(Self.manifest, settings: "site: test\nsafety: {max_removals: 1}\n")
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        try "file:\n  /etc/c: {content: c}\n".write(
            toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        #expect(Tool.lodestar("plan", site, "--root", root).status == 78)
        #expect(Tool.lodestar("apply", site, "--root", root).status == 78)
        #expect(!FileManager.default.fileExists(atPath: "\(root)/etc/c"))
        #expect(Tool.lodestar("apply", site, "--root", root, "--allow-removals").status == 0)
        #expect(!FileManager.default.fileExists(atPath: "\(root)/etc/a"))
        #expect(FileManager.default.fileExists(atPath: "\(root)/etc/c"))
    }

    @Test func missingSitesBindingsAndUsageHaveTheirCodes() throws {
        #expect(Tool.lodestar("plan", "/nonexistent").status == 66)
        #expect(Tool.lodestar("eval", "a", "--bindings", "/nonexistent").status == 66)
        #expect(Tool.lodestar("eval").status == 64)
        #expect(Tool.lodestar("eval", "1 +").status == 1)
        #expect(Tool.lodestar("check", try Tool.site("fil: {}\n")).status == 65)
        #expect(Tool.lodestar("show", "7", "--root", try Tool.folder()).status == 66)
    }

    @Test func aSecondRunIsRefusedWhileOneHoldsTheLock() throws {
        let root = try Tool.bareRoot(), site = try Tool.site(Self.manifest)
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(
            Tool.run(["stat", "-c", "%a", "\(root)/var/lib/lodestar", "\(root)/var/lib/lodestar/state.db"]).output
                == "700\n600\n")
        let lock = "\(root)/var/lib/lodestar/lock"
        let held = Tool.run(["flock", lock, Tool.binary, "apply", site, "--root", root])
        #expect(held.status == 75)
        #expect(held.errors.contains("holds the lock"))
    }

    @Test func planMakesNoMutatingSystemCall() throws {
        guard Tool.run(["which", "strace"]).status == 0 else {
            Issue.record("strace is missing: make install brings it")
            return
        }
        let root = try Tool.bareRoot(), trace = try Tool.folder() + "/trace"
        let calls =
            "trace=openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,"
            + "symlink,symlinkat,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,truncate,ftruncate,mknod,mknodat,"
            + "setxattr,fsetxattr,utimensat,mount"
        let result = Tool.run(
            ["strace", "-f", "-o", trace, "-e", calls, Tool.binary, "plan", "Examples/web", "--root", root])
        #expect(result.status == 0, "\(result.errors)")
        let lines = try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n")
        #expect(lines.count > 20)
        let writing = lines.filter { line in
            if line.contains("+++") || line.contains("---") { return false }
            if !line.contains("open") { return true }
            return line.contains("O_WRONLY") || line.contains("O_RDWR") || line.contains("O_CREAT")
        }
        #expect(writing.isEmpty, "\(writing.joined(separator: "\n"))")
    }
}
