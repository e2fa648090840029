import Foundation
import Testing

/// Python's configparser reads what `ini` made of generated files.
@Suite struct INIJudgeTests {
    @Test(.enabled(if: getuid() == 0, "apply needs root"), .timeLimit(.minutes(20)))
    func configparserReadsWhatWasDeclaredAndEverythingElseAsBefore() {
        let result = Tool.run(["python3", "\(Tool.top)Tests/Tools/ini-judge.py", Tool.binary, "300"])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
}
