import Testing

@testable import MiniOS

struct MiniSettingsTests {
    @Test(arguments: [
        ("", []), ("a=1  b", ["a=1", "b"]), ("quiet \"a b\" c=\"d e\"\n", ["quiet", "a b", "c=d e"]),
        ("x=\"open end", ["x=open end"]),
    ])
    func wordsAreThoseOfTheKernel(line: String, words: [String]) {
        #expect(KernelArguments(line).words == words)
    }

    @Test func theLastValueCounts() {
        let arguments = KernelArguments("ip=dhcp console=tty0 ip=off ipx=1")
        #expect(arguments.value(of: "ip") == "off" && arguments.value(of: "root") == nil)
    }

    @Test func nothingSaidIsAnInspectionThatHolds() {
        let settings = MiniSettings(KernelArguments("quiet console=ttyS0"))
        #expect(
            settings.stage == .inspect && settings.then == .hold && settings.events == .text && settings.faults.isEmpty)
    }

    @Test func wordsSetTheStage() {
        let line = "lodestar.stage=shell lodestar.then=poweroff lodestar.events=json"
        let settings = MiniSettings(KernelArguments(line))
        #expect(
            settings.stage == .shell && settings.then == .poweroff && settings.events == .json
                && settings.faults.isEmpty)
    }

    @Test(arguments: [
        ("lodestar.stage=instal", "lodestar.stage: expected one of inspect, shell, found `instal`"),
        ("lodestar.then", "lodestar.then: expected one of hold, poweroff, reboot, found ``"),
        (
            "lodestar.stag=shell",
            "unknown word lodestar.stag in the kernel's command line; did you mean `lodestar.stage`?"
        ),
    ])
    func whatCannotBeUsedIsNamed(line: String, fault: String) {
        #expect(MiniSettings(KernelArguments(line)).faults == [fault])
    }
}
