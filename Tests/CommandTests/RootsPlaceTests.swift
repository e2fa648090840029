import Foundation
import Testing

/// Root's own directories in a user's home are root's place to work, and give the user nothing.
@Suite(.enabled(if: getuid() == 0, "needs root to be another user"))
struct RootsPlaceTests {
    static let key = "ssh-ed25519 \(AttackTests.key) eve@bastion"

    private func root() throws -> String {
        let root = try Tool.bareRoot()
        #expect(Tool.lodestar("apply", try Tool.site("user: {eve: {uid: 3666}}\n"), "--root", root).status == 0)
        return root
    }

    private func shell(_ script: String, in root: String) {
        let result = Tool.run(["sh", "-ec", "cd '\(root)/home/eve'; \(script)"])
        #expect(result.status == 0, "\(result.errors)")
    }

    private func asEve(_ script: String, in root: String) {
        let words = ["setpriv", "--reuid=3666", "--regid=3666", "--clear-groups"]
        _ = Tool.run(words + ["sh", "-c", "cd '\(root)/home/eve'; \(script)"])
    }

    private func owner(_ path: String) -> String {
        Tool.run(["stat", "-c", "%u:%g %a", path]).output.trimmingCharacters(in: .newlines)
    }

    static let keys = "authorized_key: {k: {user: eve, key: \(key)}}\n"

    @Test(arguments: [
        ("mkdir -m 755 .ssh", "0:0 644", nil),
        ("mkdir -m 700 .ssh", "0:0 644", "sshd reads the keys as eve, who cannot: /home/eve/.ssh has mode 0700"),
        ("mkdir -m 755 .ssh; echo '# root made it' > .ssh/authorized_keys", "0:0 644", nil),
        (
            "mkdir -m 755 .ssh; (umask 077; : > .ssh/authorized_keys)", "0:0 600",
            "sshd reads the keys as eve, who cannot: /home/eve/.ssh/authorized_keys has mode 0600 and owner root"
        ),
        ("mkdir -m 700 .ssh; chown 3666:3666 .ssh", "3666:3666 600", nil),
        ("mkdir -m 755 .ssh; : > .ssh/authorized_keys; chown 3666 .ssh/authorized_keys", "3666:0 644", nil),
    ])
    func keysGoIntoAFolderThatRootMade(making: String, ownerAfter: String, remark: String?) throws {
        for manifest in [Self.keys, "user: {eve: {uid: 3666, authorized_keys: {at_least: [\"\(Self.key)\"]}}}\n"] {
            let root = try root(), site = try Tool.site(manifest)
            shell("umask 022; \(making)", in: root)
            let file = "\(root)/home/eve/.ssh/authorized_keys"
            let result = Tool.lodestar("apply", site, "--root", root)
            #expect(result.status == 0, "\(result.output)")
            #expect(try String(contentsOfFile: file, encoding: .utf8).contains(Self.key))
            #expect(owner(file) == ownerAfter)
            let plan = Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code", "--verify")
            #expect(plan.status == 0, "\(plan.output)")
            if let remark { #expect(plan.output.contains(remark), "\(plan.output)") }
            if remark == nil { #expect(!plan.output.contains("sshd reads"), "\(plan.output)") }
        }
    }

    /// What eve may put in the place of the one that is meant.
    @Test(arguments: [
        "mv hooks .ssh", "ln -s hooks .ssh", "mkdir .ssh; ln hooks/secret .ssh/authorized_keys",
        "mkdir .ssh; ln -s ../hooks/secret .ssh/authorized_keys", "mkdir .ssh; mkfifo .ssh/authorized_keys",
    ])
    func anotherDirectoryOfRootsGivesNothingAway(attack: String) throws {
        let root = try root()
        shell("umask 077; mkdir -m 755 hooks; echo treasure > hooks/secret; mkdir -m 700 hooks/deep", in: root)
        asEve(attack, in: root)
        let manifest = Self.keys + "file: {/home/eve/.ssh/new: {content: x, owner: eve}}\n"
        _ = Tool.lodestar("apply", try Tool.site(manifest), "--root", root)
        // Wherever the directory is now: nothing in it is eve's, open to be written, or changed.
        let found = Tool.run(["find", "\(root)/home/eve", "-path", "*/deep", "-printf", "%h\\n"]).output
        let place = try #require(found.split(separator: "\n").first.map(String.init))
        let odd = Tool.run(["find", place, "!", "-uid", "0", "-o", "-perm", "/022", "!", "-type", "l"]).output
        #expect(odd.isEmpty, "\(odd)")
        #expect(owner("\(place)/secret") == "0:0 600")
        #expect(try String(contentsOfFile: "\(place)/secret", encoding: .utf8) == "treasure\n")
    }

    @Test func nothingInItIsGivenAway() throws {
        for declared in ["owner: eve", "mode: \"0666\"", "group: eve, mode: \"0664\""] {
            let root = try root()
            shell("mkdir -m 755 app; echo old > app/there", in: root)
            let site = try Tool.site(
                "file: {/home/eve/app/new: {content: x, \(declared)}, /home/eve/app/there: {\(declared)}}\n")
            let plan = Tool.lodestar("plan", site, "--root", root, "--detailed-exit-code")
            #expect(plan.status == 4 && plan.output.contains("2 refused"), "\(plan.output)")
            let result = Tool.lodestar("apply", site, "--root", root)
            #expect(result.status == 4)
            #expect(result.output.components(separatedBy: "cannot give away").count == 3, "\(result.output)")
            #expect(owner("\(root)/home/eve/app/there") == "0:0 644")
            let site2 = try Tool.site("file: {/home/eve/app/new: {content: x, group: eve, mode: \"0640\"}}\n")
            #expect(Tool.lodestar("apply", site2, "--root", root).status == 0)
            #expect(owner("\(root)/home/eve/app/new") == "0:3666 640")
        }
    }

    @Test func aDirectoryOthersCanWriteToIsNotRootsPlace() throws {
        let root = try root()
        shell("mkdir -m 777 .ssh", in: root)
        // As eve: her own rights are enough there, and the file is hers.
        #expect(Tool.lodestar("apply", try Tool.site(Self.keys), "--root", root).status == 0)
        #expect(owner("\(root)/home/eve/.ssh/authorized_keys") == "3666:3666 600")
    }

    @Test func leftoversInAUsersPlaceAreTakenAwayWithTheUsersRightsOnly() throws {
        let root = try root()
        shell("mkdir -m 755 .lodestar-x; echo treasure > .lodestar-x/secret", in: root)
        let site = try Tool.site("file: {/home/eve/a: {content: x, owner: eve}}\n")
        #expect(Tool.lodestar("apply", site, "--root", root).status == 0)
        #expect(FileManager.default.fileExists(atPath: "\(root)/home/eve/.lodestar-x/secret"))
    }
}
