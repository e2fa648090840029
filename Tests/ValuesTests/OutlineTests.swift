import Testing
import Values

@Suite struct OutlineTests {
    @Test func namesAndValuesStandInColumns() {
        let value: Datum = [
            "os": ["id": "debian", "name": "Debian", "empty": ""], "count": 2, "is_on": true, "none": .null,
        ]
        #expect(
            value.outline == """
                os
                  id     debian
                  name   Debian
                  empty  -
                count  2
                is_on  yes
                none   -
                """)
    }

    @Test func alikeThingsAreATableWithoutEmptyColumns() {
        let value: Datum = [["name": "a", "x": .null, "n": 1], ["name": "long", "x": .null, "n": 22]]
        #expect(value.outline == "name  n\na     1\nlong  22")
    }

    @Test func textCannotSteerATerminal() {
        #expect(Datum.map([.init("name", "a\u{1b}[2Jb\nc")]).outline == #"name  a\u{1b}[2Jb\nc"#)
    }

    @Test func wideThingsAreBlocks() {
        let long = Datum.string(String(repeating: "x", count: 100))
        let value: Datum = [["name": "a", "x": long, "y": long], ["name": "b", "x": long, "y": .null]]
        #expect(value.outline.split(separator: "\n").map { $0.prefix(4) } == ["a", "  x ", "  y ", "b", "  x "])
    }

    @Test(arguments: [
        (0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (1 << 20, "1 MiB"),
        (25_276_502_016, "23.5 GiB"),
        (274_877_906_944, "256 GiB"), (1_000_204_886_016, "931.5 GiB"), (Int64.max, "8191.9 PiB"),
    ])
    func sizesAreToldInUnits(_ count: Int64, _ text: String) {
        #expect(Datum.map([.init("size_bytes", .int(count))]).outline == "size_bytes  \(text)")
    }
}

@Suite struct DatumTextTests {
    static let value: Datum = [
        "text": "a: b # c", "no": "no", "list": [1, ["x": .null], []], "map": [:], "0x1": true, "lines": "a\nb\"",
    ]

    @Test func yamlQuotesEveryText() {
        #expect(
            Self.value.yaml == #"""
                text: "a: b # c"
                "no": "no"
                list:
                  - 1
                  -
                    x: null
                  - []
                map: {}
                "0x1": true
                lines: "a\nb\""
                """#)
    }

    @Test func jsonIsReadAsItWasWritten() throws {
        #expect(try Datum(json: Array(Self.value.json.utf8)) == Self.value)
    }
}
