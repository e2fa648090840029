import Model
import Testing

@Suite struct FailureCodeTests {
    @Test func eachCodeHasALayerAndAClass() {
        for code in FailureCode.allCases {
            #expect(
                (5...8).contains(code.rawValue / 10_000) && code.rawValue / 1000 % 10 <= 6 && code.rawValue % 1000 > 0)
            #expect(!code.row.meaning.isEmpty && !code.row.advice.isEmpty)
        }
    }

    @Test(arguments: [
        ("ENOSPC (no space left on device)", HostFault.Kind.other, FailureCode.noSpace),
        ("EROFS (read-only file system)", .other, .readOnly),
        ("EXDEV (invalid cross-device link)", .other, .operation), ("Everything is wrong", .other, .operation),
        ("ENOSPC", .other, .noSpace),
        ("ENOENT (no such file or directory)", .missing, .missing), ("it is gone", .gone, .sourceGone),
        ("no", .disproof, .disproof),
        ("", .isolation, .isolation),
    ])
    func faultsHaveCodes(_ reason: String, _ kind: HostFault.Kind, _ code: FailureCode) {
        #expect(FailureCode(HostFault("write", "/x", reason, kind: kind)) == code)
    }
}
