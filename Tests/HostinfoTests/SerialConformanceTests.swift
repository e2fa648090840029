import Hostinfo
import Values
import Testing

/// One line of Conformance/sn-spec-1.jsonl.
struct SerialCase: CustomTestStringConvertible, Sendable {
    let name: String
    let datum: Datum

    static let all: [SerialCase] = Fixture.lines("Conformance/sn-spec-1.jsonl").map { line in
        let datum = (try? Datum(json: Array(line.utf8))) ?? .null
        return SerialCase(name: datum["name"]?.string ?? "?", datum: datum)
    }

    var testDescription: String { name }

    /// The sources of the case; with `usesSysfs` what the kernel repeats instead of the tables.
    func tree(usesSysfs: Bool) -> MemoryTree {
        let tree = MemoryTree()
        if let firmware = datum["firmware"] {
            let builder = FirmwareBuilder(firmware)
            if usesSysfs {
                for (name, bytes) in builder.sysfs { tree.files["sys/class/dmi/id/\(name)"] = bytes }
            } else {
                tree.files["sys/firmware/dmi/tables/DMI"] = builder.table
                tree.files["sys/firmware/dmi/tables/smbios_entry_point"] = builder.entryPoint
            }
        }
        for member in datum["files"]?.members ?? [] { tree.files[member.key] = FirmwareBuilder.bytes(member.value) }
        if let capture = datum["capture"] { tree.network = NetworkLayout(capture: capture) }
        if let text = datum["override"]?.string { tree.files["etc/hostinfo/identity.yaml"] = Array(text.utf8) }
        if let text = datum["placeholders"]?.string { tree.files["etc/hostinfo/placeholders.yaml"] = Array(text.utf8) }
        return tree
    }
}

@Suite struct SerialConformanceTests {
    @Test(arguments: SerialCase.all)
    func serialIsFoundByTheSpecification(_ item: SerialCase) {
        check(item, usesSysfs: false)
    }

    @Test(arguments: SerialCase.all.filter { $0.datum["firmware"] != nil && $0.datum["raw_only"] == nil })
    func sysfsGivesTheSameAsTheTables(_ item: SerialCase) {
        check(item, usesSysfs: true)
    }

    private func check(_ item: SerialCase, usesSysfs: Bool) {
        let report = HostCollection(item.tree(usesSysfs: usesSysfs)).report()
        let serial = report.datum["sn"], expected = item.datum["expect"]
        #expect(report.errors.isEmpty)
        for key in ["value", "kind", "source", "confidence", "status"] {
            guard let value = expected?[key] else { continue }
            #expect(serial?[key] == value, "\(key)")
        }
        let rejected = serial?["rejected"]?.list?.map { [$0["source"]?.string ?? "", $0["rule"]?.string ?? ""] } ?? []
        let wanted = expected?["rejected"]?.list?.map { $0.list?.compactMap(\.string) ?? [] } ?? []
        // Cards and UUIDs that were not needed may be rejected too.
        #expect(rejected.filter { wanted.contains($0) || $0[0] < (expected?["source"]?.string ?? "S9") } == wanted)
    }

    @Test func everyRuleAndSourceHasACaseThatPassesAndOneThatFails() {
        for rule in ValidityRule.allCases.map(\.rawValue) {
            let own = SerialCase.all.filter { $0.datum["rule"]?.string == rule }
            let rejected = own.filter { $0.datum["expect"]?["rejected"]?.list?.isEmpty == false }
            #expect(!rejected.isEmpty && rejected.count < own.count, "\(rule)")
        }
        for source in SerialSource.allCases.map(\.rawValue) {
            let own = SerialCase.all.filter { $0.datum["rule"]?.string == source }
            let taken = own.filter { $0.datum["expect"]?["source"]?.string == source }
            #expect(!taken.isEmpty && taken.count < own.count, "\(source)")
        }
    }
}
