import TestSupport
import Testing
import Values
import YAML

/// What the reader refuses: 1️⃣ stands where the finding points to, 2️⃣ where its note does.
@Suite struct FindingTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var input: MarkedText
        var message: String
        var limits = YAMLLimits.standard
        var testDescription: String { message }

        init(_ input: String, _ message: String, _ change: (inout YAMLLimits) -> Void = { _ in }) {
            (self.input, self.message) = (MarkedText(input), message)
            change(&limits)
        }
    }

    static func nested(_ depth: Int, around text: String) -> String {
        String(repeating: "[", count: depth) + text + String(repeating: "]", count: depth)
    }

    static let rows = [
        Row("a: {b: [1️⃣[c]]}\n", "expected at most 3 levels, found more") { $0.depth = 3 },
        Row("a: &x [[1]]\nb: {c: 1️⃣*x}\n", "expected at most 3 levels, found more") { $0.depth = 3 },
        Row(nested(64, around: "1️⃣[]"), "expected at most 64 levels, found more"),
        Row("a: 1\nb: 2\n1️⃣c: 3\n", "expected at most 5 nodes, found more") { $0.nodeCount = 5 },
        Row("a: four\nb: 1️⃣fives\n", "expected at most 4 bytes in a scalar, found 5") { $0.scalarByteCount = 4 },
        Row("a: 1️⃣\"üü\\u00fc\"\n", "expected at most 4 bytes in a scalar, found 6") { $0.scalarByteCount = 4 },
        Row("1️⃣a: 12345\n", "expected at most 8 bytes, found 9") { $0.fileByteCount = 8 },
        Row(
            "a: &a aaaaaaaaaaaaaaaaaaaa\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: [1️⃣*c, *c, *c]\n",
            "expected aliases to make a file at most 5 times as large, found more"
        ) { ($0.expansion, $0.freeWeight) = (5, 10) },
        Row("a: 1️⃣*b\n", "expected the name of an anchor, found `*b`"),
        Row("a: 1️⃣*b\nb: &b 1\n", "expected the name of an anchor, found `*b`"),
        Row("a: &a [1️⃣*a]\n", "expected the name of an anchor, found an alias inside its own anchor"),
        Row("2️⃣a: 1\nb: 2\n1️⃣a: 3\n", "expected each key once, found `a` again"),
        Row("x: {2️⃣ü: 1, ä: 2, 1️⃣\"ü\": 3}\n", "expected each key once, found `ü` again"),
        Row("a:\n  - 1️⃣<<: 1\n", "`<<`: expected a mapping or a list of mappings, found `1`"),
        Row("a:\n1️⃣\tb: 1\n", "expected spaces as indentation, found a tab"),
        Row("a:\n  b: 1\n  1️⃣\tc: 1\n", "expected spaces as indentation, found a tab"),
        Row("a: 1️⃣!ruby b\n", "expected no tag, found `!ruby`"),
        Row("a: 1️⃣!!str b\n", "expected no tag, found `tag:yaml.org,2002:str`"),
        Row("1️⃣[a]: 1\n", "expected a text as key, found a list"),
        Row("a: 1\n1️⃣---\nb: 2\n", "expected one document, found a second one"),
        Row("a: 1️⃣\u{7}\n", "expected text, found the control character 0x07"),
        Row("ü: 1️⃣\u{0}\n", "expected text, found a NUL byte"),
        Row("a: 1️⃣\"\\0\"\n", "expected text without NUL, found `\\0`"),
        Row("a: b1️⃣: c\n", "expected a value on one line, found another `: `"),
        Row("a: 1️⃣@b\n", "expected a value, found a character that cannot begin one"),
    ]

    @Test(arguments: rows) func aFindingPointsToItsCause(_ row: Row) throws {
        var diagnostics = Diagnostics()
        let source = SourceText(Array(row.input.text.utf8), path: "a.yaml")
        _ = YAMLReader.read(source, limits: row.limits, into: &diagnostics)
        let finding = try #require(diagnostics.list.first, "nothing is found")
        #expect(finding.message == row.message)
        #expect(finding.place.map { "\($0)" } == row.input.places[1].map { "a.yaml:\($0)" })
        #expect(finding.notes.first.map { "\($0.place)" } == row.input.places[2].map { "a.yaml:\($0)" })
        #expect(diagnostics.list.count == 1, "one cause, one finding")
    }

    /// Each limit itself is allowed.
    @Test(arguments: [
        Row("a: {b: [c]}\n", "three levels") { $0.depth = 3 },
        Row("a: 1\nb: {c: [[1]]}\n", "four levels") { $0.depth = 4 },
        Row("a: &x [[1]]\nb: {c: *x}\n", "an alias to what would fit there itself") { $0.depth = 4 },
        Row("a: &x 1\nb: {c: *x}\n", "an alias to a text is no level") { $0.depth = 2 },
        Row(nested(64, around: ""), "sixty-four levels"),
        Row("a: 1\nb: 2\n", "five nodes") { $0.nodeCount = 5 },
        Row("a: üü\n", "four bytes") { $0.scalarByteCount = 4 },
        Row("a: 1234\n", "eight bytes") { $0.fileByteCount = 8 },
        Row("a: &a {x: 1}\nb: *a\nc: {<<: *a, x: 2}\nd: {<<: [*a, *a]}\n", "anchors, aliases and merges"),
        Row("a:\t1\nb: \"\t\"\n", "tabs that are no indentation"),
        Row("", "an empty file"),
    ])
    func whatIsWithinTheLimitsIsRead(_ row: Row) {
        var diagnostics = Diagnostics()
        let source = SourceText(Array(row.input.text.utf8), path: "a.yaml")
        #expect(YAMLReader.read(source, limits: row.limits, into: &diagnostics) != nil)
        #expect(diagnostics.list.map(\.text) == [])
    }

    /// Each level of aliases makes the file nine times as large; reading all of that would take longer than the universe has.
    @Test func anExpansionBombIsRefused() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...40 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }
        var diagnostics = Diagnostics()
        #expect(YAMLReader.read(SourceText(Array(text.utf8), path: "a.yaml"), into: &diagnostics) == nil)
        #expect(
            diagnostics.list.map(\.message) == ["expected aliases to make a file at most 10 times as large, found more"]
        )
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x61, 0], "1:1", "UTF-16"), ([0x61, 0x3A, 0x20, 0xC3], "1:4", "the byte 0xc3"),
            ([0xC3, 0xBC, 0x0A, 0xC3, 0xBC, 0xE9, 0x61], "2:2", "the byte 0xe9"),
            ([0xC0, 0x80], "1:1", "the byte 0xc0"),
        ] as [([UInt8], String, String)])
    func whatIsNoUTF8IsRefusedWhereItBegins(_ bytes: [UInt8], _ place: String, _ found: String) {
        var diagnostics = Diagnostics()
        #expect(YAMLReader.read(SourceText(bytes, path: "a.yaml"), into: &diagnostics) == nil)
        #expect(diagnostics.list.first?.place.map { "\($0)" } == "a.yaml:\(place)")
        #expect(diagnostics.list.first?.message == "expected UTF-8, found \(found)")
    }
}
