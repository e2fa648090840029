import Foundation
import Testing

/// `lodestar history` says of a run what the run said of itself.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct HistoryTests {
    @Test func theCountsAreThoseOfTheRun() throws {
        let root = try Tool.rootWithShell(), site = try Tool.site("")
        for manifest in [
            "file: {/etc/a: {content: one}, /etc/b: {content: one}}\n",
            """
            file: {/etc/a: {content: two}, /etc/b: {content: one}}
            directory: {/srv/t: {}}
            command:
              bad: {run: "false"}
              after: {run: "true", require: ["command:bad"]}
              told: {run: "true", refresh_only: true}
            """,
            "file: {/etc/a: {content: two}}\nuser: {root: {shell: /bin/sh}}\n",
        ] {
            try manifest.write(toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
            let said = Tool.lodestar("apply", site, "--root", root, "--allow-removals").output
            let line = try #require(said.split(separator: "\n").last { $0.contains(" in place") }, "\(said)")
            let last = Tool.lodestar("history", "--root", root, "--limit", "1").output
            #expect(last.contains("  \(line.drop { $0 == " " })"), "\(line) | \(last)")
        }
    }

    @Test func oneErrorIsOne() throws {
        let check = Tool.lodestar("check", try Tool.site("file: {/etc/a: {contnt: x}}\n"))
        #expect(check.output.contains("1 error, 0 warnings; 0 hosts"), "\(check.output)")
    }
}
