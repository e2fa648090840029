import Foundation
import Testing

/// What nobody touched since it was found in place is not read again, and nothing that anybody touched is missed.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct InPlaceTests {
    static let manifest = """
        directory:
          /etc/tree: {mode: "0755"}
          /srv/only: {purge: enforce}
        file:
          /etc/tree/a: {content: "one\\n", mode: "0644", owner: root}
          /etc/metrics: {initial: "none\\n"}
        link:
          /etc/tree/b: {target: a}
        line:
          setting: {path: /etc/tunables, text: "key = 1", match: "^key"}
        crontab_entry:
          job: {user: root, minute: "5", hour: "4", command: /bin/true}
        """

    /// A root in which everything is in place, and a memo of it.
    private func settled() throws -> (root: String, site: String) {
        let root = try Tool.bareRoot(), site = try Tool.site(Self.manifest)
        try FileManager.default.createDirectory(atPath: "\(root)/srv", withIntermediateDirectories: true)
        try "other = 2\n".write(toFile: "\(root)/etc/tunables", atomically: true, encoding: .utf8)
        for _ in 0..<100 {
            #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
            if FileManager.default.fileExists(atPath: "\(root)/var/lib/lodestar/settled.cache") { return (root, site) }
            usleep(20_000)
        }
        Issue.record("no run left a memo")
        return (root, site)
    }

    private func isRead(_ path: String, _ root: String, by arguments: String...) throws -> Bool {
        let trace = try Tool.folder() + "/trace"
        let run =
            ["strace", "-f", "-e", "trace=openat,openat2", "-o", trace, Tool.binary] + arguments + ["--root", root]
        #expect(Tool.run(run).status == 0)
        return try String(contentsOfFile: trace, encoding: .utf8).contains("\"\(path)\", {flags=O_RDONLY")
    }

    /// A file that others write all the time: what nobody touched beside it is not read again, and its end is seen.
    @Test func whatOthersWriteKeepsTheMemo() throws {
        let (root, site) = try settled()
        #expect(
            Tool.run(["sh", "-c", "echo new > \(root)/etc/new && mv \(root)/etc/new \(root)/etc/metrics"]).status == 0)
        #expect(try !isRead("a", root, by: "plan", site))
        try FileManager.default.removeItem(atPath: "\(root)/etc/metrics")
        #expect(Tool.lodestar("plan", site, "--root", root).output.contains("+ file:/etc/metrics"))
    }

    @Test func whatNobodyTouchedIsNotReadAgain() throws {
        let (root, site) = try settled()
        #expect(try !isRead("a", root, by: "plan", site))
        #expect(try isRead("a", root, by: "plan", "--verify", site))
    }

    @Test(arguments: [
        "printf 'two\\n' > etc/tree/a; touch -d 2001-01-01 etc/tree/a",
        "touch -r etc/tree/a stamp; printf 'two\\n' > etc/tree/a; touch -r stamp etc/tree/a",
        "chmod 600 etc/tree/a", "chown 5 etc/tree/a", "rm etc/tree/a", "mv etc/tree/a x; ln -s /x etc/tree/a",
        "chmod 700 etc/tree", "mv etc/tree etc/other; mkdir etc/tree", "rm etc/tree/b", "ln -sfn x etc/tree/b",
        "touch srv/only/stranger", "sed -i s/1/2/ etc/tunables", "sed -i s/true/false/ var/spool/cron/crontabs/root",
        "mv etc/tree moved; ln -s ../moved etc/tree",
    ])
    func everyTouchIsSeen(_ touch: String) throws {
        let (root, site) = try settled()
        let words = [Tool.binary, "plan", site, "--root", root, "--detailed-exit-code"]
        #expect(Tool.run(words).status == 0 && Tool.run(words + ["--verify"]).status == 0)
        #expect(Tool.run(["sh", "-ec", "cd '\(root)'; \(touch)"]).status == 0)
        #expect(Tool.run(words).status != 0 && Tool.run(words + ["--verify"]).status != 0)
    }

    @Test func anotherSiteOwesNothingToTheMemo() throws {
        let (root, site) = try settled()
        try "file:\n  /etc/tree/c: {content: x}\n".write(
            toFile: "\(site)/manifests/more.yaml", atomically: true, encoding: .utf8)
        #expect(Tool.lodestar("plan", site, "--root", root).output.contains("1 to add"))
    }

    @Test func whatAPowerFailureLeftOfAMemoCountsAsNone() throws {
        let (root, site) = try settled()
        let path = "\(root)/var/lib/lodestar/settled.cache"
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for broken in [whole.prefix(whole.count / 2), whole + [0], Data(), Data(repeating: 0, count: whole.count)] {
            try broken.write(to: URL(fileURLWithPath: path))
            #expect(try isRead("a", root, by: "plan", site))
        }
    }
}
