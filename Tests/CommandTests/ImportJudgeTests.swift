import Foundation
import Testing

/// Roots that useradd, crontab, systemctl and people configured become sites whose plan is empty.
@Suite struct ImportJudgeTests {
    static let root = ProcessInfo.processInfo.environment["LODESTAR_TEST_ROOT"] ?? "/var/tmp/lodestar-test-root"

    @Test(
        .enabled(
            if: getuid() == 0 && FileManager.default.fileExists(atPath: "\(root)/.complete"),
            "needs root and Tests/Tools/make-root.sh"), .timeLimit(.minutes(20)))
    func whatOthersConfiguredIsImportedWhole() {
        let result = Tool.run(["\(Tool.top)Tests/Tools/import-judge.sh", Tool.binary, Self.root])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test func anUnknownTypeNamesThoseThatAre() {
        let result = Tool.lodestar("import", "command", "--root", "/")
        #expect(result.status == 64 && result.errors.contains("user"), "\(result.errors)")
    }

    @Test func aFolderThatHoldsSomethingIsNotTouched() throws {
        let folder = try Tool.folder()
        try "mine".write(toFile: "\(folder)/site.yaml", atomically: true, encoding: .utf8)
        let result = Tool.lodestar("import", "user", "--out", folder)
        #expect(result.status == 1 && result.errors.contains("site.yaml"), "\(result.errors)")
        #expect(try String(contentsOfFile: "\(folder)/site.yaml", encoding: .utf8) == "mine")
    }

    /// What no manifest can say, and what others are kept from, is left out; the rest is a site.
    @Test func whatCannotBeDeclaredIsLeftOut() throws {
        let root = try Tool.bareRoot(), site = try Tool.folder() + "/site"
        let files = [
            "etc/plain": "x\n", "etc/new\nline": "x\n", "etc/closed/key": "CANARY-closed\n",
            "etc/closed/deep/key": "CANARY-deep\n",
        ]
        try FileManager.default.createDirectory(atPath: "\(root)/etc/closed/deep", withIntermediateDirectories: true)
        for (path, text) in files { try text.write(toFile: "\(root)/\(path)", atomically: true, encoding: .utf8) }
        chmod("\(root)/etc/closed", 0o750)
        try "x:y:1009:1009:a:b:c:d\neve:x:1010:1010:a:b:/home/eve:/bin/sh\n".write(
            toFile: "\(root)/etc/passwd", atomically: true, encoding: .utf8)
        let result = Tool.lodestar("import", "all", "--root", root, "--out", site)
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.errors.contains("/etc/new\\nline") && result.errors.contains("/etc/closed/deep/key"),
            "\(result.errors)")
        #expect(Tool.run(["grep", "-rl", "CANARY", site]).status == 1)
        let plan = Tool.lodestar("plan", site, "--root", root)
        #expect(plan.status == 0 && plan.output.contains("nothing to do"), "\(plan.output)\(plan.errors)")
        #expect(FileManager.default.fileExists(atPath: "\(site)/files/etc/plain"))
    }
}
