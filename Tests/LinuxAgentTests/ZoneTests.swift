import Testing

@testable import LinuxAgent

@Suite struct ZoneTests {
    @Test(arguments: ["UTC", "Etc/UTC", "GMT"])
    func universalTimeNeedsNoFile(name: String) {
        var zones = ZoneFiles()
        #expect(zones.zone(name) != nil)
    }
}
