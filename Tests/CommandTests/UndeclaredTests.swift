import Foundation
import Testing

/// What becomes of objects whose declaration is gone, beside those that stay.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct UndeclaredTests {
    private let root: String, site: String

    init() throws {
        root = try Tool.rootWithShell()
        site = try Tool.site("")
    }

    private func apply(_ manifest: String) throws -> Tool.Result {
        try manifest.write(toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        return Tool.lodestar("apply", site, "--root", root)
    }

    private func text(_ path: String) -> String { (try? String(contentsOfFile: root + path, encoding: .utf8)) ?? "" }

    private static let keys = [
        "AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6",
        "AAAAC3NzaC1lZDI1NTE5AAAAIEr2cJk4yC9sRjbzvHk0y2F8vX2tGkU0cJk4yC9sRjbz",
    ]

    /// Nobody is locked out: the old object goes only when the new one is there.
    @Test(arguments: ["same address", "same account", "line", "entry"]) func theOldStaysUntilTheNewIsThere(
        _ kind: String
    ) throws {
        let failing = "command: {no: {run: \"false\"}}\n"
        func manifest(_ index: Int, _ extra: String) -> String {
            switch kind {
            case "same address":
                "authorized_key: {admin: {user: root, key: ssh-ed25519 \(Self.keys[index]) a\(extra)}}\n"
            case "same account":
                "authorized_key: {admin\(index): {user: root, key: ssh-ed25519 \(Self.keys[index]) a\(extra)}}\n"
            case "line": "line: {l\(index): {path: /etc/hosts, text: \"192.0.2.\(index) gate\"\(extra)}}\n"
            default:
                "crontab_entry: {e\(index): {special: daily, command: /bin/entry\(index), file: /etc/cron.d/ops\(extra)}}\n"
            }
        }
        let file = kind == "line" ? "/etc/hosts" : kind == "entry" ? "/etc/cron.d/ops" : "/root/.ssh/authorized_keys"
        let marks =
            kind == "line" ? ["192.0.2.0 gate", "192.0.2.1 gate"] : kind == "entry" ? ["entry0", "entry1"] : Self.keys
        #expect(try apply(manifest(0, "") + "file: {/etc/x: {content: x}}\n").status == 0)
        #expect(text(file).contains(marks[0]))
        let failed = try apply(failing + manifest(1, ", require: [command:no]"))
        #expect(failed.status == 4)
        #expect(text(file).contains(marks[0]), "\(failed.output)")
        let done = try apply(manifest(1, ""))
        #expect(done.status == 0, "\(done.output)")
        #expect(!text(file).contains(marks[0]) && text(file).contains(marks[1]))
    }

    /// A plan says so too: what takes its place is refused, so the old one is skipped.
    @Test func aRefusedSuccessorKeepsTheOldInThePlan() throws {
        #expect(
            try apply("line: {l: {path: /etc/hosts, text: \"192.0.2.1 gate\"}}\nfile: {/etc/x: {content: x}}\n").status
                == 0)
        let result = try apply(
            "line: {l: {path: /etc/missing, text: \"192.0.2.1 gate\"}}\nfile: {/etc/x: {content: x}}\n")
        #expect(result.status == 4)
        #expect(text("/etc/hosts").contains("gate"), "\(result.output)")
        let plan = Tool.lodestar("plan", site, "--root", root)
        #expect(plan.output.contains("takes its place"), "\(plan.output)")
    }

    /// An nginx site that goes must reload nginx, once the file is gone; the plan says why.
    @Test func aRemovalRefreshesWhatItNotified() throws {
        let reload =
            "command: {reload: {run: \"ls /etc/sites.* > /seen 2>&1; echo x >> /reloads\", refresh_only: true}}\n"
        func sites(_ names: [String]) -> String {
            "file: {/etc/z: {content: z}"
                + names.map { ", /etc/sites.\($0): {content: x, notify: [command:reload]}" }.joined() + "}\n"
        }
        #expect(try apply(sites(["a", "b"]) + reload).status == 0)
        try (sites(["b"]) + reload).write(toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        let plan = Tool.lodestar("plan", site, "--root", root)
        #expect(plan.output.contains("=> refreshes command:reload"), "\(plan.output)")
        #expect(plan.output.contains("refreshed by file:/etc/sites.a, which is no longer declared"), "\(plan.output)")
        let result = Tool.lodestar("apply", site, "--root", root)
        #expect(result.status == 0 && text("/reloads") == "x\nx\n", "\(result.output)")
        #expect(Tool.lodestar("plan", site, "--root", root).output.contains("nothing to do"))
        // A target that leaves with it is not looked for.
        #expect(try apply("file: {/etc/z: {content: z}}\n").status == 0)
        #expect(!FileManager.default.fileExists(atPath: "\(root)/etc/sites.b"))
    }

    /// A refresh that is owed by a removal survives a failure.
    @Test func anOwedRefreshOfARemovalIsNotLost() throws {
        let reload = { (test: String) in "command: {reload: {run: \"\(test)\", refresh_only: true}}\n" }
        let sites = "file: {/etc/z: {content: z}, /etc/s: {content: x, notify: [command:reload]}}\n"
        #expect(try apply(sites + reload("true")).status == 0)
        #expect(try apply("file: {/etc/z: {content: z}}\n" + reload("false")).status == 4)
        #expect(try apply("file: {/etc/z: {content: z}}\n" + reload("touch /done")).status == 0)
        #expect(FileManager.default.fileExists(atPath: "\(root)/done"))
    }

    @Test func whatIsStillNeededIsReleased() throws {
        #expect(try apply("file: {/etc/app: {content: \"a\\n\"}}\n").status == 0)
        let result = try apply("line: {l: {path: /etc/app, text: b}}\n")
        #expect(result.status == 0 && text("/etc/app") == "a\nb\n", "\(result.output)\(result.errors)")
    }
}
