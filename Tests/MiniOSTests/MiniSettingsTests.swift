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

    @Test func anInstallationHasItsPlaces() {
        let line =
            "lodestar.stage=install lodestar.source=http://192.0.2.1/a.site.tar lodestar.key=SHA256:a lodestar.key=SHA256:b lodestar.token=/t lodestar.follow=https://x lodestar.images=http://192.0.2.1/"
        let settings = MiniSettings(KernelArguments(line))
        #expect(settings.stage == .install && settings.keys == ["SHA256:a", "SHA256:b"] && settings.faults.isEmpty)
        #expect(settings.source == "http://192.0.2.1/a.site.tar" && settings.token == "/t")
        #expect(settings.follow == "https://x" && settings.images == "http://192.0.2.1/")
    }

    @Test(arguments: [
        ("lodestar.stage=instal", "lodestar.stage: expected one of inspect, install, shell, found `instal`"),
        ("lodestar.token=", "lodestar.token: expected a value, found none"),
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
