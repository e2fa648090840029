import Values
import Hostinfo
import Testing

@Suite struct NetlinkTests {
    private let layout = NetworkLayout(NetlinkSamples.dumps(NetlinkSamples.all)) { _ in false }

    @Test func linksHaveKindParentAndAddresses() throws {
        let card = try #require(layout.link(named: "eth0")), vlan = try #require(layout.link(named: "eth0.7"))
        #expect(card.isHardware && card.bus == "pci" && card.isUp && card.hasCarrier)
        #expect(card.permanentAddress?.text == "3c:ec:ef:00:00:01")
        #expect(vlan.kind == "vlan" && vlan.lowerIndex == 2 && !vlan.isHardware)
    }

    @Test func addressesHaveFlagsAndLives() {
        #expect(layout.addresses.map(\.isTemporary) == [false, true, false])
        #expect(layout.addresses[1].preferredSeconds == 100 && layout.addresses[1].validSeconds == 200)
        #expect(layout.addresses[1].isDynamic && !layout.addresses[0].isDynamic)
    }

    @Test func routesHaveHopsAndGatewaysOfEitherFamily() {
        #expect(layout.routes.map { $0.hops.first?.gateway?.text } == ["10.7.0.1", "fe80::1", "fe80::1"])
        #expect(layout.routes.map(\.metric) == [100, 200, 1024])
        #expect(layout.routes.map(\.origin) == ["dhcp", "bgp", "ra"])
    }

    @Test func ruleHasItsSource() {
        #expect(layout.rules.first?.source?.text == "10.7.0.5/32")
        #expect(layout.rules.first?.table == "100")
    }

    @Test func primaryAddressesAreThoseOfTheVLAN() {
        let report = AddressReport(AddressSelection(layout))
        #expect(report.ipv4?.address.address.text == "10.7.0.5")
        #expect(report.ipv6?.address.address.text == "2001:db8::5")
        #expect(report.mac?.text == "3c:ec:ef:00:00:01")
    }

    @Test func truncatedDumpIsAGap() {
        var parts = NetlinkSamples.all
        parts["links"] = Array(NetlinkSamples.links.dropLast(8))
        let layout = NetworkLayout(NetlinkSamples.dumps(parts)) { _ in false }
        #expect(layout.links.count == 1)
        #expect(layout.gaps.contains { $0.hasPrefix("links: the message at byte") })
    }
}
