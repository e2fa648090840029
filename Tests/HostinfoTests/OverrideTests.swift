import Hostinfo
import Values
import Testing

@Suite struct OverrideTests {
    private func read(_ text: String) -> (override: IdentityOverride?, errors: [String]) {
        var diagnostics = Diagnostics()
        let found = IdentityOverride(reading: Array(text.utf8), from: "identity.yaml", into: &diagnostics)
        return (found, diagnostics.sorted.map(\.text))
    }

    @Test(arguments: [
        ("serial: X1\n", "identity.yaml:1:1: error: expected a key of identity.yaml, found `serial`"),
        ("ip: 10.0.0\n", "identity.yaml:1:5: error: `ip`: expected an IP address, found `10.0.0`"),
        ("ip: 010.0.0.1\n", "identity.yaml:1:5: error: `ip`: expected an IP address, found `010.0.0.1`"),
        (
            "prefer_cidrs: 10.0.0.0/8\n",
            "identity.yaml:1:15: error: `prefer_cidrs`: expected a list, found `10.0.0.0/8`"
        ),
        ("exclude_cidrs: [10.0.0.0/40]\n", "identity.yaml:1:17: error: `exclude_cidrs`: expected a network"),
        ("bound_to: {}\n", "identity.yaml:1:11: error: expected uuid, board_serial or mac_set, found nothing"),
        ("bound_to: {mac_set: [\"3c:ec\"]}\n", "identity.yaml:1:22: error: `mac_set`: expected a MAC address"),
        ("sn: [a]\n", "identity.yaml:1:5: error: `sn`: expected a text, found a list"),
        ("prefer_family: v6\n", "identity.yaml:1:16: error: `prefer_family`: expected ipv4 or ipv6, found `v6`"),
        ("- sn\n", "identity.yaml:1:1: error: identity.yaml: expected a mapping, found a list"),
        ("sn: a\nsn: b\n", "identity.yaml:2:1: error: expected each key once, found `sn` again"),
    ])
    func mistakesHaveTheirPlaceAndTheFileCountsAsNone(_ text: String, _ error: String) {
        let result = read(text)
        #expect(result.override == nil)
        #expect(result.errors.contains { $0.hasPrefix(error) }, "\(result.errors)")
    }

    @Test func allMistakesAreReported() {
        #expect(read("ip: x\nserver: y\nfoo: z\n").errors.count == 3)
    }

    @Test func serialStaysTheTextThatWasWritten() {
        #expect(read("sn: 0042\n").override?.serial == "0042")
        #expect(read("sn: 1e3\n").override?.serial == "1e3")
    }

    @Test func fileThatOthersCouldWriteIsIgnored() {
        let tree = MemoryTree()
        tree.files[IdentityOverride.path] = Array("sn: REG-0042\n".utf8)
        #expect(HostCollection(tree).report().serial.value == "REG-0042")
        tree.distrusted[IdentityOverride.path] =
            "expected /etc/hostinfo/identity.yaml to be root's, found the owner 1000"
        let report = HostCollection(tree).report()
        #expect(report.serial.value == nil)
        #expect(
            report.errors == [
                "/etc/hostinfo/identity.yaml: error: expected /etc/hostinfo/identity.yaml to be root's, found the owner 1000: the file is ignored"
            ])
    }

    @Test func overrideWithoutBindingIsAppliedWithAWarning() {
        let tree = MemoryTree()
        tree.files[IdentityOverride.path] = Array("sn: REG-0042\n".utf8)
        #expect(HostCollection(tree).report().serial.warnings.count == 1)
    }
}

@Suite struct GapTests {
    /// As a reader without root's rights sees a machine: vendor and product, but no serial.
    @Test func whatMayNotBeReadIsStated() {
        let tree = MemoryTree()
        tree.unreadable["sys/firmware/dmi/tables/DMI"] = "EACCES (permission denied)"
        tree.unreadable["sys/class/dmi/id/product_serial"] = "EACCES (permission denied)"
        tree.files["sys/class/dmi/id/sys_vendor"] = Array("Dell Inc.\n".utf8)
        let report = HostCollection(tree).report()
        #expect(report.serial.value == nil)
        #expect(report.gaps.map(\.source) == ["/sys/firmware/dmi/tables/DMI", "/sys/class/dmi/id/product_serial"])
        #expect(report.text.contains("not read: /sys/class/dmi/id/product_serial: EACCES (permission denied)"))
        #expect(report.serialExplanation.contains("not read: /sys/firmware/dmi/tables/DMI: EACCES"))
    }

    @Test func pinThatMayNotBeReadIsStated() {
        let tree = MemoryTree()
        tree.unreadable["var/lib/lodestar/identity.json"] = "EACCES (permission denied)"
        #expect(HostCollection(tree).report().gaps.contains { $0.source == "/var/lib/lodestar/identity.json" })
    }

    @Test func namesCannotSteerATerminal() {
        let tree = MemoryTree()
        tree.files["proc/sys/kernel/hostname"] = Array("web\u{1b}[2J\n".utf8)
        tree.files["etc/hostinfo/identity.yaml"] = Array("\"\\e[31m\": x\n".utf8)
        let report = HostCollection(tree).report()
        for text in [report.text, report.serialExplanation, report.addressExplanation] {
            #expect(!text.contains("\u{1b}"))
        }
    }

    @Test func captureWithoutPartsStatesThem() {
        let layout = NetworkLayout(capture: ["link": []])
        #expect(layout.gaps.count == 4)
        #expect(NetworkLayout(capture: .null).gaps.count == 5)
    }
}

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("10.0.0.5", "10.0.0.5"), ("2001:0db8:0:0:0:0:0:1", "2001:db8::1"), ("::", "::"), ("::1", "::1"),
        ("2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("fe80::", "fe80::"),
        ("::ffff:192.0.2.1", "::ffff:c000:201"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("1::3:4:5:6:7:8", "1:0:3:4:5:6:7:8"),
    ])
    func textIsCanonical(_ text: String, _ canonical: String) {
        #expect(IPAddress(text)?.text == canonical)
        #expect(IPAddress(canonical) == IPAddress(text))
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.x", ":", ":::", "1::2::3", "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9", "12345::", "g::", "1.2.3.4::", "+1.2.3.4",
    ])
    func whatIsNoAddressIsNone(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "1.2.3.4", true),
        ("10.0.0.128/25", "10.0.0.127", false), ("10.0.0.128/25", "10.0.0.200", true),
        ("2001:db8::/33", "2001:db8:8000::", false),
        ("2001:db8::/33", "2001:db8:7fff::1", true), ("::/0", "10.0.0.1", false), ("10.0.0.5", "10.0.0.5", true),
    ])
    func prefixContains(_ prefix: String, _ address: String, _ isInside: Bool) throws {
        let address = try #require(IPAddress(address))
        #expect(IPPrefix(prefix)?.contains(address) == isInside)
    }
}
