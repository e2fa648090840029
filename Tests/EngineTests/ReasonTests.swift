import Model
import Testing

@testable import Engine

/// What a plan and a report say of what is not simply done: the words, the hint, and whether it may come with something else.
@Suite struct ReasonTests {
    private static let motd = Address(type: "file", key: "/etc/motd")

    @Test(
        arguments: [
            (.refused(Refusal("/a is a directory", hint: "remove it")), "/a is a directory", "remove it", false),
            (.refused(Refusal("there is no user ana", isMissing: true)), "there is no user ana", nil, true),
            (
                .fault(HostFault("write", "/a", "EROFS (read-only file system)")),
                "cannot write /a: EROFS (read-only file system)", nil, false
            ),
            (
                .fault(HostFault("find", "owner ana", "there is no such account", kind: .missing)),
                "cannot find owner ana: there is no such account", nil, true
            ),
            (.fault(HostFault("fetch", "a", "404", kind: .gone)), "cannot fetch a: 404", nil, false),
            (
                .assumed(from: motd, .refused(Refusal("there is no user ana", isMissing: true))),
                "assumed from file:/etc/motd: there is no user ana", nil, false
            ),
            (.mayChange(by: motd), "file:/etc/motd may change it", nil, false),
            (.dependency(motd), "it depends on file:/etc/motd, which cannot be done", nil, false),
            (.custody(.created, run: 7), "created by run 7", nil, false),
            (.needed(by: motd), "file:/etc/motd needs it", nil, false),
            (.blockedSuccessor(motd), "file:/etc/motd takes its place and cannot be done", nil, false),
            (.failedSuccessor(motd), "file:/etc/motd failed, which takes its place", nil, false),
            (.failed(motd), "file:/etc/motd failed", nil, false), (.stale(motd), "file:/etc/motd is stale", nil, false),
            (.wouldDiffer(property: "mode"), "mode would still differ afterwards", nil, false),
            (.stillDiffers(property: "mode"), "mode still differs after it was set", nil, false),
        ] as [(Reason, String, String?, Bool)])
    func aReasonSaysWhatItIs(_ reason: Reason, _ text: String, _ hint: String?, _ isMissing: Bool) {
        #expect(reason.text == text && "\(reason)" == text)
        #expect(reason.hint == hint)
        #expect(reason.isMissing == isMissing)
    }

    private struct Other: Error, CustomStringConvertible { let description = "something else" }

    @Test func whatWasThrownIsKeptAsAFact() {
        let refusal = Refusal("no"), fault = HostFault("read", "/a", "EIO")
        #expect(Reason(refusal) == .refused(refusal))
        #expect(Reason(fault) == .fault(fault))
        #expect(Reason(Reason.gone) == .gone, "a reason is not wrapped again")
        #expect(Reason(Other()) == .other("something else"))
    }
}
