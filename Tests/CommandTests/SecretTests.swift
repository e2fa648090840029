import Foundation
import Testing

/// A secret is found nowhere but in the file that it belongs to.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct SecretTests {
    static let canary = "CANARY-7f3a9c-tale"

    /// A site with a secret in every field that takes one.
    private func site() throws -> (site: String, identity: String) {
        let site = try Tool.site(
            """
            vars: {password: "${{ secret('db') }}"}
            file:
              /etc/good: {content: "p=${{ vars.password }}\\n"}
              /etc/refused: {content: "p=${{ vars.password }}\\n"}
              /etc/invalid: {content: "p=${{ vars.password }}\\n", validate: "cat %; false"}
            line:
              one: {path: /etc/hosts, text: "# ${{ vars.password }}"}
            command:
              fails: {run: "/bin/false", stdin: "${{ vars.password }}", env: {TOKEN: "${{ vars.password }}"}}
            """)
        let identity = "\(site)/identity"
        #expect(Tool.run(["age-keygen", "-o", identity]).status == 0)
        let key = try #require(try String(contentsOfFile: identity, encoding: .utf8).firstMatch(of: /age1[a-z0-9]+/)).0
        try FileManager.default.createDirectory(atPath: "\(site)/secrets", withIntermediateDirectories: true)
        try "\(key)\n".write(toFile: "\(site)/secrets/recipients.txt", atomically: true, encoding: .utf8)
        let edited = Tool.lodestar("secret", "edit", "db", site, input: Self.canary)
        #expect(edited.status == 0, "\(edited.errors)")
        return (site, identity)
    }

    @Test func theAgeCommandReadsWhatWeWriteAndWeReadWhatItWrites() throws {
        let (site, identity) = try site()
        let theirs = Tool.run(["age", "-d", "-i", identity, "\(site)/secrets/db.age"])
        #expect(theirs.output == Self.canary)
        let recipients = "\(site)/secrets/recipients.txt"
        #expect(Tool.run(["age", "-R", recipients, "-o", "\(site)/secrets/db.age"], input: "other").status == 0)
        let root = try Tool.bareRoot()
        _ = Tool.lodestar("apply", site, "--root", root, "--identity", identity)
        #expect(try String(contentsOfFile: "\(root)/etc/good", encoding: .utf8) == "p=other\n")
    }

    @Test func canariesAreFoundNowhere() throws {
        let (site, identity) = try site(), root = try Tool.bareRoot()
        try FileManager.default.createDirectory(atPath: "\(root)/etc/refused", withIntermediateDirectories: false)
        var said = ""
        for words in [
            ["plan"], ["plan", "--format", "json"], ["catalog"], ["apply"], ["apply", "--format", "json"], ["history"],
            ["show", "1"], ["show", "1", "--format", "json"], ["ledger"],
        ] {
            let isPast = ["history", "show", "ledger"].contains(words[0])
            let result = Tool.run(
                [Tool.binary] + words + (isPast ? [] : [site, "--identity", identity]) + ["--root", root])
            said += result.output + result.errors
        }
        #expect(said.contains("(secret)"))
        #expect(!said.contains(Self.canary))
        #expect(try String(contentsOfFile: "\(root)/etc/good", encoding: .utf8) == "p=\(Self.canary)\n")
        let found = Tool.run(["grep", "-rlF", Self.canary, root]).output.split(separator: "\n").map {
            $0.dropFirst(root.count)
        }
        #expect(Set(found) == ["/etc/good", "/etc/hosts"])
        let mode = Tool.run(["stat", "-c", "%a", "\(root)/etc/good"]).output
        #expect(mode == "600\n")
    }

    /// Killed at any moment, the text is in the file, or in its temporary that is no more open than the file, and nowhere else.
    @Test func aKilledApplyLeavesTheTextNowhereElse() throws {
        let (site, identity) = try site()
        for delay in stride(from: 10, through: 120, by: 10) {
            let root = try Tool.bareRoot()
            let words = [Tool.binary, "apply", site, "--identity", identity, "--root", root]
            let killed = Tool.run(["timeout", "-s", "KILL", "0.\(delay < 100 ? "0" : "")\(delay)"] + words)
            #expect(!(killed.output + killed.errors).contains(Self.canary))
            for line in Tool.run(["grep", "-rlF", Self.canary, root]).output.split(separator: "\n") {
                let path = line.dropFirst(root.count)
                let isTemporary = path.hasPrefix("/etc/.lodestar-")
                #expect(isTemporary || path == "/etc/good" || path == "/etc/hosts" || path == "/etc/refused", "\(path)")
                guard isTemporary else { continue }
                // The text of a line goes into /etc/hosts, whose mode its temporary takes over; files of secrets are 0600.
                let isOfHosts = try String(contentsOfFile: String(line), encoding: .utf8).contains("localhost")
                let mode = Tool.run(["stat", "-c", "%a", String(line)]).output
                #expect(mode == "600\n" || isOfHosts && mode == "644\n", "\(path)")
            }
            _ = Tool.run(words)
            let left = Tool.run(["grep", "-rlF", Self.canary, root]).output.split(separator: "\n")
            #expect(!left.contains { $0.contains(".lodestar-") }, "after \(delay) ms")
        }
    }

    @Test func onATerminalTheEditorHasTheValueAndLeavesNothing() throws {
        // UseraddTests, which run beside this, have folders there too.
        func memory() -> Set<Substring> {
            Set(Tool.run(["ls", "-A", "/dev/shm"]).output.split(separator: "\n")).filter {
                !$0.hasPrefix("lodestar-useradd-")
            }
        }
        let (site, identity) = try site(), before = memory()
        let edit = "\(Tool.binary) secret edit db \(site) --identity \(identity)"
        let changed = Tool.run([
            "env", "-u", "VISUAL", "EDITOR=sed -i.bak s/tale/story/", "script", "-qec", edit, "/dev/null",
        ])
        #expect(changed.status == 0, "\(changed.output)")
        #expect(Tool.run(["age", "-d", "-i", identity, "\(site)/secrets/db.age"]).output == "CANARY-7f3a9c-story")
        let failed = Tool.run(["env", "-u", "VISUAL", "EDITOR=false", "script", "-qec", edit, "/dev/null"])
        #expect(failed.status == 1)
        #expect(Tool.run(["age", "-d", "-i", identity, "\(site)/secrets/db.age"]).output == "CANARY-7f3a9c-story")
        #expect(memory() == before)
    }

    @Test func withoutAnIdentityTheValueIsUnknown() throws {
        let (site, _) = try site(), root = try Tool.bareRoot()
        #expect(Tool.lodestar("check", site).status == 0)
        #expect(Tool.lodestar("apply", site, "--root", root).status == 4)
        #expect(!FileManager.default.fileExists(atPath: "\(root)/etc/good"))
    }
}
