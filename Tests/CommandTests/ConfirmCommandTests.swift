import Foundation
import Testing

/// `lodestar apply --confirm` and `lodestar confirm`: what bears on access comes back by itself. Logins on a booted system are
/// tried in `Tests/Tools/access-booted.sh`.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct ConfirmCommandTests {
    private let root: String, site: String

    init() throws {
        root = try Tool.rootWithShell()
        site = try Tool.site("file: {/etc/nologin: {content: closed}, /etc/other: {content: x}}")
    }

    private func apply(_ words: String...) -> Tool.Result {
        Tool.run([Tool.binary, "apply", site, "--root", root] + words)
    }
    private func confirm() -> Tool.Result { Tool.lodestar("confirm", "--root", root) }
    private func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root + path) }
    private var record: String { "\(root)/var/lib/lodestar/confirm.json" }

    /// Ends the process that waits, as a crash would.
    private func endWatcher() throws {
        let found = Tool.run(["pgrep", "-f", "confirm --watch 1 --root \(root)"]).output
        let number = try #require(Int32(found.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(kill(number, SIGKILL) == 0)
    }

    @Test(arguments: ["", "0s", "x", "-1s", "2d", "60"])
    func aTimeIsADuration(text: String) {
        #expect(apply("--confirm=\(text)").status == 64)
        #expect(!isThere("/etc/other"))
    }

    @Test func aConfirmedChangeStays() throws {
        #expect(confirm().status == 1)
        let applied = apply("--confirm", "1h")
        #expect(
            applied.status == 0 && applied.errors.contains("run 1 waits for `lodestar confirm`"), "\(applied.errors)")
        let mode = try FileManager.default.attributesOfItem(atPath: record)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let plan = Tool.lodestar("plan", site, "--root", root)
        #expect(plan.status == 0 && plan.errors.contains("waits for"), "\(plan.errors)")
        let second = apply()
        #expect(second.status == 75 && second.errors.contains("run 1 waits"), "\(second.errors)")
        #expect(confirm().output == "run 1 is confirmed\n")
        #expect(!FileManager.default.fileExists(atPath: record) && isThere("/etc/nologin"))
        #expect(confirm().status == 1)
        #expect(apply().status == 0)
    }

    /// What waits leaves the lock to whoever confirms: its file names the last process that took it.
    @Test func whatWaitsDoesNotTakeTheLock() throws {
        #expect(apply("--confirm", "1h").status == 0)
        let lock = "\(root)/var/lib/lodestar/lock"
        let holder = try String(contentsOfFile: lock, encoding: .utf8)
        usleep(1_300_000)
        #expect(try String(contentsOfFile: lock, encoding: .utf8) == holder)
        #expect(confirm().status == 0)
    }

    /// After a reboot the next run brings it back, and only what bears on access; the site's own run does not do it again.
    @Test func afterARebootTheNextRunBringsItBack() throws {
        #expect(apply("--confirm", "1h").status == 0)
        try endWatcher()
        let text = try String(contentsOfFile: record, encoding: .utf8)
        let boot = try #require(text.range(of: "\"boot\":\"[^\"]*\"", options: .regularExpression))
        try text.replacingCharacters(in: boot, with: "\"boot\":\"another\"").write(
            toFile: record, atomically: false, encoding: .utf8)
        let next = apply()
        #expect(next.status == 0 && next.errors.contains("run 1 was not confirmed"), "\(next.output)\(next.errors)")
        #expect(next.errors.contains("file:/etc/nologin is left alone"), "\(next.errors)")
        #expect(!isThere("/etc/nologin") && isThere("/etc/other"))
        #expect(!FileManager.default.fileExists(atPath: record))
    }

    /// However often it fails, it is not given up, and nothing is dropped without a word.
    @Test func withoutTheStateTheRecordIsKept() throws {
        #expect(apply("--confirm", "1h").status == 0)
        try endWatcher()
        let text = try String(contentsOfFile: record, encoding: .utf8)
        let boot = try #require(text.range(of: "\"boot\":\"[^\"]*\"", options: .regularExpression))
        try text.replacingCharacters(in: boot, with: "\"boot\":\"another\"").write(
            toFile: record, atomically: false, encoding: .utf8)
        try FileManager.default.removeItem(atPath: "\(root)/var/lib/lodestar/state.db")
        for _ in 1...5 {
            let next = apply()
            #expect(next.status == 75 && next.errors.contains("state.db knows no run 1"), "\(next.errors)")
        }
        let kept = try String(contentsOfFile: record, encoding: .utf8)
        #expect(kept.contains("\"failures\":5"), "\(kept)")
        #expect(confirm().status == 1 && FileManager.default.fileExists(atPath: record))
        #expect(Tool.lodestar("confirm", "--keep", "--root", root).status == 0)
        #expect(!FileManager.default.fileExists(atPath: record) && isThere("/etc/nologin"))
    }

    /// A run that could change nothing waits for nothing.
    @Test func aRunWithoutEffectsDoesNotWait() throws {
        try "file: {/etc/nologin: {content: closed, validate: 'false'}}".write(
            toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        let failed = apply("--confirm", "1h")
        #expect(failed.status == 4 && !failed.errors.contains("waits"), "\(failed.errors)")
        #expect(!FileManager.default.fileExists(atPath: record))
    }

    @Test(arguments: [
        "line: {x: {path: /etc/pam.d/x, text: 'session optional pam_x.so'}}",
        "block: {x: {path: /etc/security/access.conf, text: \"-:eve:ALL\\n\"}}",
        "line: {x: {path: /etc/hosts.deny, text: 'sshd: ALL'}}",
    ])
    func linesThatDecideWaitToo(manifest: String) throws {
        for folder in ["etc/pam.d", "etc/security", "lib/security"] {
            try FileManager.default.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
        }
        for file in ["lib/security/pam_x.so", "etc/pam.d/x", "etc/security/access.conf", "etc/hosts.deny"] {
            try "".write(toFile: "\(root)/\(file)", atomically: false, encoding: .utf8)
        }
        try manifest.write(toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        let applied = apply("--confirm", "1h")
        #expect(applied.status == 0 && applied.errors.contains("run 1 waits"), "\(applied.output)\(applied.errors)")
        #expect(confirm().status == 0)
    }

    /// The agent waits as long as the site says; whoever applies by hand says it there.
    @Test(arguments: [true, false])
    func theSiteSaysHowLongTheAgentWaits(isAgent: Bool) throws {
        try "site: test\nsafety: {confirm: 1h}\n".write(toFile: "\(site)/site.yaml", atomically: true, encoding: .utf8)
        let applied = isAgent ? apply("--unattended") : apply()
        #expect(applied.status == 0 && applied.errors.contains("waits for") == isAgent, "\(applied.errors)")
        #expect(FileManager.default.fileExists(atPath: record) == isAgent)
        #expect(confirm().status == (isAgent ? 0 : 1))
    }

    @Test func nothingOfAccessWaitsForNothing() throws {
        try "file: {/etc/other: {content: x}}".write(
            toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        #expect(apply("--confirm", "1h").status == 0)
        #expect(!FileManager.default.fileExists(atPath: record))
        #expect(apply().status == 0)
    }

    @Test func aRecordThatIsNoneIsAnError() throws {
        #expect(apply().status == 0)
        try "{}".write(toFile: record, atomically: false, encoding: .utf8)
        chmod(record, 0o600)
        let next = apply()
        #expect(next.status == 1 && next.errors.contains("expected the record of a confirmation"), "\(next.errors)")
    }
}
