import Foundation
import Testing

/// A local user who owns a home gains nothing by planting links.
@Suite(.enabled(if: getuid() == 0, "needs root to be another user"))
struct AttackTests {
    static let key = "AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6"

    /// A root with the account eve and a home of hers.
    private func root() throws -> String {
        let root = try Tool.bareRoot()
        let manifest = "user:\n  eve: {uid: 3666, manage_home: true}\n"
        #expect(Tool.lodestar("apply", try Tool.site(manifest), "--root", root).status == 0)
        return root
    }

    private func asEve(_ command: String) {
        _ = Tool.run(["setpriv", "--reuid=3666", "--regid=3666", "--clear-groups", "sh", "-c", command])
    }

    private func site() throws -> String {
        try Tool.site(
            """
            authorized_key:
              eves: {user: eve, key: "ssh-ed25519 \(Self.key) eve"}
            file:
              /home/eve/.config/shadow: {content: "mine\\n"}
            """)
    }

    @Test func linksInAHomeAreNotFollowed() throws {
        let root = try root()
        try "root:$6$salt$hash:19000:0:99999:7:::\n".write(
            toFile: "\(root)/etc/victim", atomically: true, encoding: .utf8)
        asEve(
            "ln -s /etc \(root)/home/eve/.ssh; ln -s /etc \(root)/home/eve/.config; ln -s \(root)/etc \(root)/home/eve/abs"
        )
        let before = Tool.run(["find", "\(root)/etc", "-printf", "%p %s %m %U\\n"]).output
        let result = Tool.lodestar("apply", try site(), "--root", root)
        #expect(result.status == 4, "\(result.output)")
        #expect(Tool.run(["find", "\(root)/etc", "-printf", "%p %s %m %U\\n"]).output == before)
    }

    @Test func hardLinksToOthersFilesAreRefused() throws {
        let root = try root()
        asEve("mkdir -m 700 \(root)/home/eve/.ssh")
        try FileManager.default.linkItem(atPath: "\(root)/etc/shadow", toPath: "\(root)/home/eve/.ssh/authorized_keys")
        let before = try String(contentsOfFile: "\(root)/etc/shadow", encoding: .utf8)
        let result = Tool.lodestar("apply", try site(), "--root", root)
        #expect(result.status == 4)
        #expect(result.output.contains("hard links"))
        #expect(!result.output.contains("root:*"))
        #expect(try String(contentsOfFile: "\(root)/etc/shadow", encoding: .utf8) == before)
        let owner = Tool.run(["stat", "-c", "%U %a", "\(root)/etc/shadow"]).output
        #expect(owner.hasPrefix("root"))
    }

    @Test func withoutAnAttackTheSameSiteApplies() throws {
        let root = try root()
        asEve("mkdir \(root)/home/eve/.config")
        #expect(Tool.lodestar("apply", try site(), "--root", root).status == 0)
        #expect(Tool.run(["stat", "-c", "%u %a", "\(root)/home/eve/.ssh/authorized_keys"]).output == "3666 600\n")
    }

    @Test func validatorsStopBadAndUnknownFiles() throws {
        let root = try Tool.bareRoot()
        let site = try Tool.site("file:\n  /etc/a: {content: new, validate: \"/bin/false %\"}\n")
        try "old".write(toFile: "\(root)/etc/a", atomically: true, encoding: .utf8)
        #expect(Tool.lodestar("apply", site, "--root", root).status == 4)
        #expect(try String(contentsOfFile: "\(root)/etc/a", encoding: .utf8) == "old")
        #expect(Tool.run(["ls", "-A", "\(root)/etc"]).output.contains(".lodestar-") == false)
    }
}
