import Asset
import Testing
import Values
import YAML

/// Entries and facts as the tests write them.
enum AssetFixture {
    /// A rack server with two of everything.
    static let facts = """
        {"sn": "ABC123",
         "system": {"vendor": "Dell Inc.", "product": "PowerEdge R630", "uuid": "4c4c4544-0042-4310-8031-b4c04f4d3332"},
         "cpu": {"model": "Intel(R) Xeon(R) CPU E5-2630 v3 @ 2.40GHz", "sockets": 2, "cores": 16, "threads": 32},
         "memory": {"total_bytes": 67430436864, "slots": 24, "modules": [
           {"slot": "A1", "size_bytes": 17179869184, "type": "DDR4", "vendor": "00AD00B300AD", "part": "HMA42GR7MFR4N-TF"},
           {"slot": "A2", "size_bytes": 17179869184, "type": "DDR4", "vendor": "00AD00B300AD", "part": "HMA42GR7MFR4N-TF"},
           {"slot": "B1", "size_bytes": 17179869184, "type": "DDR4", "vendor": "Micron Technology", "part": "36ASF2G72PZ"},
           {"slot": "B2", "size_bytes": 17179869184, "type": "DDR4", "vendor": "Samsung", "part": "M393A2G40DB0"}]},
         "disks": [
           {"name": "sda", "model": "INTEL SSDSC2BB480G7", "size_bytes": 480103981056, "rotational": false, "transport": "sata", "serial": "PHDV1"},
           {"name": "sdb", "model": "INTEL SSDSC2BB480G7", "size_bytes": 480103981056, "rotational": false, "transport": "sata", "serial": "PHDV2"},
           {"name": "sdc", "model": "ST4000NM0035", "size_bytes": 4000787030016, "rotational": true, "transport": "sas", "serial": null},
           {"name": "sdd", "vendor": "AMI", "model": "Virtual HDisk0", "size_bytes": 1048576, "transport": "usb"},
           {"name": "sr0", "model": "DVD", "size_bytes": 0, "transport": "sata"}],
         "nics": [
           {"name": "lo", "hardware": false, "mac": "00:00:00:00:00:00"},
           {"name": "eno1", "hardware": true, "mac": "02:00:00:00:00:09", "permanent_mac": "24:6e:96:00:00:01", "driver": "bnx2x", "speed_mbps": 10000},
           {"name": "eno2", "hardware": true, "mac": "24:6e:96:00:00:02", "permanent_mac": null, "driver": "bnx2x", "speed_mbps": null}],
         "firmware": {"type": "uefi", "vendor": "Dell Inc.", "version": "2.10.5", "secure_boot": true}}
        """

    static func machine(_ facts: String = facts) throws -> Machine {
        guard case .map(let members) = try Datum(json: Array(facts.utf8)) else { throw Unreadable() }
        return Machine(facts: Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first })
    }

    static func rules(_ yaml: String) throws -> (rules: AssetRules, diagnostics: Diagnostics) {
        var diagnostics = Diagnostics()
        let source = SourceText(Array(yaml.utf8), path: "hosts.yaml")
        guard let node = YAMLReader.read(source, into: &diagnostics) else { throw Unreadable() }
        return (AssetRules(node, into: &diagnostics), diagnostics)
    }

    static func report(_ yaml: String, host: String = "ABC123", _ facts: String = facts) throws -> AssetReport {
        let (rules, diagnostics) = try rules(yaml)
        try #require(diagnostics.list.isEmpty, "\(diagnostics.list.map(\.message))")
        return AssetComparison.report(rules, of: host, on: try machine(facts))
    }

    struct Unreadable: Error {}
}
