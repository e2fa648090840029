import Foundation
import Testing

/// Parameters of the kernel on a running host, in a network namespace of their own.
@Suite struct SysctlJudgeTests {
    @Test(.enabled(if: getuid() == 0, "needs root"), .timeLimit(.minutes(20)))
    func sysctlAndSystemdMakeTheSameOfTheFiles() {
        let result = Tool.run(["\(Tool.top)Tests/Tools/sysctl-judge.sh", Tool.binary])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
}
