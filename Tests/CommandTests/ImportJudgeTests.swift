import Foundation
import Testing

/// Roots that useradd, crontab, systemctl and people configured become sites whose plan is empty.
@Suite struct ImportJudgeTests {
    static let root = ProcessInfo.processInfo.environment["LODESTAR_TEST_ROOT"] ?? "/var/tmp/lodestar-test-root"

    @Test(
        .enabled(
            if: getuid() == 0 && FileManager.default.fileExists(atPath: "\(root)/.complete"),
            "needs root and Tests/Tools/make-root.sh"), .timeLimit(.minutes(5)))
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
}
