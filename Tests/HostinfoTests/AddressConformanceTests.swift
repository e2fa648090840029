import Hostinfo
import Values
import Testing

/// One line of Conformance/ip-spec-1.jsonl.
struct AddressCase: CustomTestStringConvertible, Sendable {
    let name: String
    let datum: Datum

    static let all: [AddressCase] = Fixture.lines("Conformance/ip-spec-1.jsonl").map { line in
        let datum = (try? Datum(json: Array(line.utf8))) ?? .null
        return AddressCase(name: datum["name"]?.string ?? "?", datum: datum)
    }

    var testDescription: String { name }
}

@Suite struct AddressConformanceTests {
    @Test(arguments: AddressCase.all)
    func primaryAddressIsFoundByTheSpecification(_ item: AddressCase) {
        let tree = MemoryTree()
        tree.network = NetworkLayout(capture: item.datum["capture"] ?? .null)
        if let text = item.datum["override"]?.string { tree.files["etc/hostinfo/identity.yaml"] = Array(text.utf8) }
        let report = HostCollection(tree).report()
        #expect(report.errors.isEmpty)
        for member in item.datum["expect"]?.members ?? [] {
            #expect(report.datum["ip"]?[member.key] == member.value, "\(member.key): \(report.addressExplanation)")
        }
    }

    @Test(
        arguments: Fixture.lines("Captures/net/expected.tsv").dropFirst().map {
            $0.split(separator: "\t").map(String.init)
        })
    func capturedLayoutsGiveTheirAddress(_ row: [String]) throws {
        let capture = try Datum(json: Fixture.bytes("Captures/net/\(row[0]).json"))
        let report = AddressReport(AddressSelection(NetworkLayout(capture: capture)))
        let found = [report.ipv4, report.ipv6].map { $0?.address.address.text ?? "-" }
        #expect([row[0]] + found + [report.primary?.device.name ?? "-", report.status.rawValue] == row)
    }

    @Test(arguments: AddressCase.all)
    func captureOfACaptureGivesTheSame(_ item: AddressCase) {
        let first = NetworkLayout(capture: item.datum["capture"] ?? .null)
        let second = NetworkLayout(capture: first.capture)
        func report(_ layout: NetworkLayout) -> Datum { HostCollectionProbe.report(layout) }
        #expect(report(first) == report(second))
    }

    @Test func everyOtherAddressHasAReason() {
        for item in AddressCase.all {
            let layout = NetworkLayout(capture: item.datum["capture"] ?? .null)
            let report = AddressReport(AddressSelection(layout))
            let chosen = [report.ipv4, report.ipv6].compactMap { $0 }.count
            #expect(report.candidates.count == layout.addresses.count - chosen)
            #expect(report.candidates.allSatisfy { $0.reason.hasPrefix("I") }, "\(item.name)")
        }
    }
}

enum HostCollectionProbe {
    static func report(_ layout: NetworkLayout) -> Datum {
        let tree = MemoryTree()
        tree.network = layout
        return HostCollection(tree).report().datum["ip"] ?? .null
    }
}
