import Testing
import Values

/// The one reader and the one writer of JSON (RFC 8259).
@Suite struct JSONTests {
    private static func read(_ text: String, depth: Int = 64) throws(JSONFault) -> Datum {
        try Datum(json: Array(text.utf8), depth: depth)
    }

    @Test(
        arguments: [
            ("null", .null), (" \t\r\ntrue ", true), ("false", false), ("0", 0), ("-0", 0),
            ("9223372036854775807", .int(.max)),
            ("-9223372036854775808", .int(.min)), ("9223372036854775808", .double(9_223_372_036_854_775_808)),
            ("1.5", .double(1.5)), ("1e2", .double(100)), ("-1.25E-2", .double(-0.0125)), ("\"\"", ""), ("[]", []),
            ("{}", [:]),
            ("[1, [2,3] ]", [1, [2, 3]]), ("{\"b\": 1, \"a\": {\"c\": null}}", ["b": 1, "a": ["c": .null]]),
            ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\u{8}\u{C}\n\r\t"), ("\"\\u00e9\\uD83D\\uDE00é😀\"", "é😀é😀"),
            ("\"\\u0000\"", "\u{0}"), ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"),
        ] as [(String, Datum)])
    func aValueIsReadAsItIsWritten(_ text: String, _ value: Datum) throws {
        #expect(try Self.read(text) == value)
        #expect(try Self.read(value.json) == value, "and read again from what the writer makes of it")
        #expect(try Self.read(value.compactJSON) == value)
    }

    @Test(arguments: [
        ("", "expected a value, found the end", 0), ("nul", "expected a value, found something else", 0),
        ("truex", "expected the end, found something else", 4), ("1 2", "expected the end, found something else", 2),
        ("01", "expected a value, found something else", 0), ("+1", "expected a value, found something else", 0),
        ("-", "expected a value, found something else", 0), ("1.", "expected a value, found something else", 0),
        (".5", "expected a value, found something else", 0), ("1.e5", "expected a value, found something else", 0),
        ("1e", "expected a value, found something else", 0), ("1e999", "expected a value, found something else", 0),
        ("0x1", "expected the end, found something else", 1), ("NaN", "expected a value, found something else", 0),
        ("[1,]", "expected a value, found something else", 3),
        ("[1 2]", "expected `,` or `]`, found something else", 3),
        ("[", "expected a value, found the end", 1), ("{\"a\"}", "expected `:`, found something else", 4),
        ("{a: 1}", "expected a key, found something else", 1),
        ("{\"a\":1,}", "expected a key, found something else", 7),
        ("{\"a\":1", "expected `,` or `}`, found the end", 6),
        ("{\"a\":1, \"a\":2}", "expected each key once, found `a` twice", 8),
        ("\"a", "expected the end of the text that begins at byte 0, found the end", 2),
        ("\"a\nb\"", "expected an escape, found a control character", 2),
        ("\"\\x\"", "expected an escape, found something else", 3),
        ("\"\\u12g4\"", "expected an escape, found something else", 5),
        ("\"\\ud800\"", "expected a pair of surrogates, found something else", 7),
        ("\"\\udc00\"", "expected a pair of surrogates, found something else", 7),
        ("'a'", "expected a value, found something else", 0),
        ("// a\n1", "expected a value, found something else", 0),
        ("\u{FEFF}1", "expected a value, found something else", 0),
    ])
    func whatIsNoJSONIsRefusedWhereItStops(_ text: String, _ message: String, _ offset: Int) {
        #expect(throws: JSONFault(message, at: offset)) { _ = try Self.read(text) }
    }

    @Test func levelsAndBytesAreLimited() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { _ = try Self.read(nested(64)) }
        #expect(throws: JSONFault("expected at most 64 levels, found something else", at: 64)) {
            _ = try Self.read(nested(65))
        }
        #expect(throws: JSONFault("expected at most 2 levels, found something else", at: 2)) {
            _ = try Self.read("[[1]]", depth: 2)
        }
        #expect(throws: JSONFault("expected UTF-8, found other bytes", at: 0)) {
            _ = try Datum(json: [0x22, 0xC3, 0x22])
        }
    }

    @Test func ofRepeatedKeysTheLastCountsWhereOthersWroteThem() throws {
        let bytes = Array("{\"a\": 1, \"b\": 2, \"a\": 3}".utf8)
        #expect(try Datum(json: bytes, repeatedKeys: .lastCounts) == ["a": 3, "b": 2])
    }

    @Test(
        arguments: [
            (.double(.infinity), "null"), (.double(.nan), "null"), (.double(2), "2.0"),
            (.string("\u{1B}[0m\u{7F}"), #""\u001b[0m\u007f""#),
            ([], "[]"), ([:], "{}"), (["a": [1, ["b": .null]], "c": "d"], #"{"a":[1,{"b":null}],"c":"d"}"#),
        ] as [(Datum, String)])
    func oneLineHasNoBlanks(_ value: Datum, _ text: String) {
        #expect(value.compactJSON == text)
    }

    @Test func severalLinesAreIndentedByTwo() {
        let value: Datum = ["a": [1, [:]], "b": []]
        #expect(value.json == "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}")
    }
}
