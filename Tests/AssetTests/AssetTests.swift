import Asset
import TestSupport
import Testing
import Values

@Suite struct AssetTests {
    /// Which machine it is: the firmware's serial, and where it has none, a UUID.
    @Test func whichMachine() throws {
        #expect(try AssetFixture.report("vendor: Dell", host: "abc 123").verdict == .match)
        #expect(try AssetFixture.report("vendor: Dell", host: "ABC124").verdict == .wrongHost)
        let nameless = AssetFixture.facts.replacing(#""sn": "ABC123""#, with: #""sn": null"#)
        #expect(try AssetFixture.report("vendor: Dell", nameless).verdict == .unknown)
        #expect(try AssetFixture.report("uuid: 4c4c4544-0042-4310-8031-b4c04f4d3332", nameless).verdict == .match)
        #expect(try AssetFixture.report("{}", #"{"sn": "ABC123"}"#).verdict == .match)
        let standIn = AssetFixture.facts.replacing("ABC123", with: "VM:4c4c4544-0042-4310-8031-b4c04f4d3332")
        #expect(try AssetFixture.report("vendor: Dell", standIn).verdict == .unknown)
        #expect(try AssetFixture.report("uuid: 4c4c4544-0042-4310-8031-b4c04f4d3332", standIn).verdict == .match)
        #expect(
            try AssetFixture.report("{}", host: "VM:4c4c4544-0042-4310-8031-b4c04f4d3332", standIn).verdict == .match)
    }

    /// The worst wins, and every difference is there.
    @Test func theWorstWins() throws {
        let report = try AssetFixture.report("{vendor: HPE, cpu: {sockets: 4}, firmware: {date: x}, memory: 64GiB}")
        #expect(report.findings.map(\.verdict) == [.match, .wrongHost, .drift, .match, .unknown])
        #expect(report.verdict == .wrongHost)
        #expect(
            report.lines(isFull: false) == [
                "  ! vendor         expected HPE, found Dell Inc.", "  ~ cpu.sockets    expected 4, found 2",
                "  ? firmware.date  expected x, found nothing that can be read",
                "ABC123: wrong_host; 2 of 5 fields as expected",
            ])
    }

    @Test func componentsAreNamed() throws {
        let report = try AssetFixture.report("disks: [{size: 480GB, count: 3}]")
        #expect(
            report.lines(isFull: false) == [
                "  ~ disks[0]  expected 3 x size 480GB, found 2 (sda, sdb)",
                "  ~ disks     expected nothing more, found sdc size 4TB model ST4000NM0035 transport sas rotational true (one too many)",
                "ABC123: drift; 1 of 3 fields as expected",
            ])
    }

    /// Without root's rights the modules are not known, and of the memory what the kernel has.
    @Test(arguments: [
        ("64GiB", true), ("72GiB", false), ("62GiB", false), ("{min: 60GiB}", true), ("{min: 65GiB}", true),
        ("{min: 68GiB}", false),
    ])
    func theKernelHasLessThanIsBuiltIn(_ rule: String, _ holds: Bool) throws {
        let facts = #"{"sn": "ABC123", "memory": {"total_bytes": 67430436864, "modules": []}}"#
        #expect(try AssetFixture.report("memory: \(rule)", facts).verdict == (holds ? .match : .drift))
        #expect(try AssetFixture.report("memory: {modules: {count: 4}}", facts).verdict == .unknown)
    }

    /// What is recorded is what is there; another machine's entry is not.
    @Test(arguments: [false, true]) func whatIsRecordedMatches(_ hasSerials: Bool) throws {
        let machine = try AssetFixture.machine()
        let entry = AssetRecord.entry(of: machine, hasSerials: hasSerials).yaml
        let report = try AssetFixture.report(entry)
        #expect(report.verdict == .match, "\(report.lines(isFull: true)) \(entry)")
        #expect(entry.contains("PHDV1") == hasSerials)
        let fewer = AssetFixture.facts.replacing("480103981056", with: "240057409536")
        #expect(try AssetFixture.report(entry, fewer).verdict == .drift)
    }

    static let mistakes: [(String, String)] = [
        ("1️⃣model: R630", "expected a key of an asset, found `model`"),
        ("uuid: 1️⃣none", "`uuid`: expected a UUID of 32 hexadecimal digits, found `none`"),
        (
            "uuid: 1️⃣00000000-0000-0000-0000-000000000000",
            "`uuid`: expected a UUID of 32 hexadecimal digits, found `00000000-0000-0000-0000-000000000000`"
        ),
        ("cpu: {sockets: 1️⃣two}", "`sockets`: expected a whole number, found `two`"),
        ("cpu: {1️⃣speed: 2}", "expected a key of a processor, found `speed`"),
        ("cpu: {model: 1️⃣{min: E5}}", "`model`: expected a value or a set, found min: its values have no order"),
        (
            "cpu: {cores: 1️⃣{min: 2, set: [3]}}",
            "`cores`: expected a value, or one of {min: ...}, {set: [...]}, {is: ..., tolerance: ...}, {ignore: true}, found min and set"
        ),
        (
            "cpu: {cores: 1️⃣{}}",
            "`cores`: expected a value, or one of {min: ...}, {set: [...]}, {is: ..., tolerance: ...}, {ignore: true}, found none"
        ),
        ("cpu: {cores: {min: 4, tolerance: 1️⃣5%}}", "`tolerance` needs `is`"),
        ("memory: 1️⃣64XB", "`total`: expected a size such as 64GiB, found `64XB`"),
        ("memory: 1️⃣-1", "`total`: expected a size such as 64GiB, found `-1`"),
        ("memory: {is: 64GiB, tolerance: 1️⃣five}", "`tolerance`: expected a share such as 5%, found `five`"),
        ("memory: {modules: 1️⃣4}", "expected a list of components, found `4`"),
        ("disks: [{size: 1️⃣big}]", "`size`: expected a size such as 480GB or 512GiB, found `big`"),
        ("disks: [{count: 1️⃣-1}]", "`count`: expected a number from 0 to 4096, or {min: ...}, found `-1`"),
        ("disks: [{count: {1️⃣max: 2}}]", "expected a key of a count, found `max`"),
        ("disks: [{rotational: 1️⃣sometimes}]", "`rotational`: expected true or false, found `sometimes`"),
        (
            "nics: [{mac: 1️⃣24:6e}]",
            "`mac`: expected a hardware address of 6 bytes, such as 52:54:00:12:34:56, found `24:6e`"
        ),
        ("nics: [{speed: 1️⃣fast}]", "`speed`: expected a speed in megabits a second, or such as 25G, found `fast`"),
        ("vendor: {set: 1️⃣[]}", "`set`: expected a list of values, found a list"),
        ("vendor: {ignore: 1️⃣no}", "`ignore`: expected true, found `no`"),
        ("vendor: 1️⃣[a]", "`vendor`: expected a text, found a list"),
    ]

    @Test(arguments: mistakes) func aWrongRuleIsRefused(_ entry: String, _ message: String) throws {
        let marked = MarkedText(entry)
        let found = try AssetFixture.rules(marked.text).diagnostics.list
        #expect(found.first?.message == message)
        #expect(found.first?.place.map { "\($0.line):\($0.column)" } == marked.places[1])
    }

    /// A rule that many fulfil does not take the only one that fulfils another: generated lists beside all permutations.
    @Test func listsAreMatchedByAssignment() throws {
        var random = SeededGenerator(seed: 14)
        for _ in 0..<500 {
            let sizes = (0..<Int.random(in: 0...5, using: &random)).map { _ in Int.random(in: 1...3, using: &random) }
            let rules = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                (0...3).filter { _ in Bool.random(using: &random) }.filter { $0 > 0 }
            }
            let facts =
                #"{"sn": "ABC123", "disks": [\#(sizes.map { #"{"name": "d", "size_bytes": \#($0 << 30)}"# }.joined(separator: ","))]}"#
            let entry = rules.map {
                $0.isEmpty
                    ? "{size: {ignore: true}}" : "{size: {set: [\($0.map { "\($0)GiB" }.joined(separator: ","))]}}"
            }
            let verdict = try AssetFixture.report("disks: [\(entry.joined(separator: ", "))]", facts).verdict
            #expect((verdict == .match) == Self.fits(sizes, rules[...]), "\(sizes) \(rules)")
        }
    }

    private static func fits(_ sizes: [Int], _ rules: ArraySlice<[Int]>) -> Bool {
        guard let rule = rules.first else { return sizes.isEmpty }
        return sizes.indices.contains { index in
            guard rule.isEmpty || rule.contains(sizes[index]) else { return false }
            var rest = sizes
            rest.remove(at: index)
            return fits(rest, rules.dropFirst())
        }
    }
}
