import Testing

@testable import MiniOS

/// `ip=` and `BOOTIF=`, which Debian's kernels leave to Lodestar.
struct NetworkSettingsTests {
    private func settings(_ line: String) -> NetworkSettings { NetworkSettings(KernelArguments(line)) }

    @Test(arguments: ["", "ip=dhcp", "ip=on", "ip=any", "ip=both", "ip=::::::dhcp", "quiet ip=:::::eth1:dhcp"])
    func anAddressIsAskedFor(line: String) {
        #expect(settings(line).address == nil && settings(line).fault == nil, "\(line)")
    }

    @Test(
        arguments: [
            ("192.0.2.7::192.0.2.1:255.255.255.0", "192.0.2.7/24", "192.0.2.1", []),
            ("192.0.2.7:198.51.100.1::255.255.255.255:host:eth0:none", "192.0.2.7/32", nil, []),
            (
                "10.0.0.9::10.0.0.1:255.0.0.0::eth0:off:192.0.2.53:192.0.2.54", "10.0.0.9/8", "10.0.0.1",
                ["192.0.2.53", "192.0.2.54"]
            ),
            ("10.0.0.9:::0.0.0.0", "10.0.0.9/0", nil, []),
        ] as [(String, String, String?, [String])])
    func anAddressIsGiven(value: String, text: String, gateway: String?, servers: [String]) {
        let found = settings("ip=\(value)")
        #expect(found.fault == nil)
        #expect(found.address == .init(text: text, gateway: gateway, nameServers: servers))
    }

    @Test func theCardIsTheOneOfTheBoot() {
        let found = settings("BOOTIF=01-52-54-00-AB-cd-01 ip=:::::eth1:dhcp")
        #expect(found.card == "52:54:00:ab:cd:01" && found.device == "eth1" && found.fault == nil)
    }

    @Test(arguments: [
        "ip=off", "ip=192.0.2.7", "ip=192.0.2.7::192.0.2.1", "ip=192.0.2.7::192.0.2.1:255.0.255.0", "ip=a::b:c",
        "ip=192.0.2.07::192.0.2.1:255.255.255.0", "ip=192.0.2.7::x:255.255.255.0",
        "ip=192.0.2.7::192.0.2.1:255.255.255.0:::none:ns", "BOOTIF=52-54-00-12-34-56", "BOOTIF=01-52-54-00-12-34-5g",
        "BOOTIF=",
    ])
    func whatCannotBeUsedIsNamed(line: String) { #expect(settings(line).fault != nil) }
}
