import Foundation
import Testing

/// Types of the system, each judged by programs that are not ours, in namespaces of their own.
@Suite struct TypeJudgeTests {
    private static let root = ProcessInfo.processInfo.environment["LODESTAR_TEST_ROOT"] ?? "/var/tmp/lodestar-test-root"

    @Test(
        .enabled(if: getuid() == 0, "needs root"), .timeLimit(.minutes(20)),
        arguments: ["hostname", "mount", "swap", "script", "check", "accounts"])
    func othersMakeTheSameOfARunningHost(type: String) { judge([type]) }

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: "\(root)/.complete"), "needs Tests/Tools/make-root.sh"),
        .timeLimit(.minutes(20)),
        arguments: [
            "timezone", "locale", "kernel_module", "host_entry", "limit", "sudo_rule", "known_host", "archive", "git",
            "ssh_trust", "key_options", "homes", "source",
        ])
    func othersMakeTheSameOfARoot(type: String) { judge([type, Self.root]) }

    private func judge(_ words: [String]) {
        let script = "\(Tool.top)Tests/Tools/\(words[0])-judge.sh"
        let result = Tool.run([script, Tool.binary] + words.dropFirst())
        #expect(result.status == 0, "\(words[0]): \(result.output)\(result.errors)")
    }
}
