import Testing
import Values

@Suite struct ExcerptTests {
    private static func excerpt(_ text: String, line: Int = 1, column: Int, columns: Int = 80) -> [String] {
        Place(file: SourceFile("x.yaml", bytes: Array(text.utf8)), line: line, column: column).excerpt(columns: columns)
    }

    @Test(arguments: [
        ("mode: 644", 7, "  1 | mode: 644", "            ^"),
        // A tab is four blanks, also before the column.
        ("\tmode: 644", 8, "  1 |     mode: 644", "                ^"),
        // Wide characters take two columns, marks none.
        ("表: x y", 4, "  1 | 表: x y", "          ^"),
        ("e\u{301}: \u{1F680} y", 7, "  1 | e\u{301}: \u{1F680} y", "            ^"),
        // What is not seen is an escape as wide as it is long.
        ("a\u{200B}b c", 5, "  1 | a\\u{200b}b c", "                 ^"),
        ("a\u{1B}[2Jb", 6, "  1 | a\\u{1b}[2Jb", "                ^"),
        ("a\u{202E}b", 3, "  1 | a\\u{202e}b", "               ^"),
        ("windows\r", 9, "  1 | windows", "             ^"),
        ("short", 99, "  1 | short", "           ^"), ("short", 1, "  1 | short", "      ^"),
    ])
    func theMarkStandsBelowTheColumn(_ text: String, _ column: Int, _ line: String, _ mark: String) {
        #expect(Self.excerpt(text, column: column) == [line, mark])
    }

    @Test(arguments: [1, 2, 30, 99, 500, 999, 1000]) func aLongLineIsCutAroundTheColumn(_ column: Int) throws {
        let text = String((0..<1000).map { Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8($0 % 26))) })
        for columns in [20, 40, 80, 132] {
            let lines = Self.excerpt(text, column: column, columns: columns)
            #expect(lines.count == 2 && lines.allSatisfy { $0.count <= max(columns, 24) }, "\(lines)")
            let position = try #require(lines[1].firstIndex(of: "^"))
            let offset = lines[1].distance(from: lines[1].startIndex, to: position)
            #expect(Array(lines[0])[offset] == Array(text)[column - 1], "\(lines)")
        }
    }

    @Test func aLineOfWideCharactersFitsToo() {
        let text = String(repeating: "表", count: 500)
        for column in [1, 250, 500] {
            let lines = Self.excerpt(text, column: column, columns: 40)
            #expect(lines[0].unicodeScalars.reduce(0) { $0 + ($1 == "表" ? 2 : 1) } <= 40)
        }
    }

    @Test func whereThereIsNothingToShowThereIsNothing() {
        #expect(Self.excerpt("a\n\n  \nb", line: 2, column: 1).isEmpty)
        #expect(Self.excerpt("a\n\n  \nb", line: 3, column: 1).isEmpty)
        #expect(Self.excerpt("a\n", line: 2, column: 1).isEmpty)
        #expect(Self.excerpt("a\n", line: 7, column: 1).isEmpty)
        #expect(Self.excerpt("a\n", line: 0, column: 0).isEmpty)
        #expect(Self.excerpt("", column: 1).isEmpty)
        #expect(Self.excerpt("a\n\n  \nb", line: 4, column: 1) == ["  4 | b", "      ^"])
        #expect(Place(file: SourceFile("x.yaml"), line: 1, column: 1).excerpt(columns: 80).isEmpty)
    }

    @Test func aDiagnosticShowsItsLinesOnATerminalOnly() {
        let file = SourceFile("x.yaml", bytes: Array("one\ntwo\n".utf8))
        let diagnostic = Diagnostic(
            "expected each once, found `two`", at: Place(file: file, line: 2, column: 2), hint: "take one away",
            notes: [.init("the first one", at: Place(file: file, line: 1, column: 1))])
        let plain = """
            x.yaml:2:2: error: expected each once, found `two`
              hint: take one away
              note: x.yaml:1:1: the first one
            """
        #expect(diagnostic.text == plain)
        #expect(
            diagnostic.text(columns: 80) == """
                x.yaml:2:2: error: expected each once, found `two`
                  2 | two
                       ^
                  hint: take one away
                  note: x.yaml:1:1: the first one
                  1 | one
                      ^
                """)
    }

    @Test(arguments: [("short", 10, "short"), ("a\nb\tc", 20, "a\\nb    c"), ("表表表表", 6, "表表…")])
    func aLineOfAStatusFits(_ text: String, _ columns: Int, _ line: String) {
        #expect(text.printableLine(columns: columns) == line)
    }
}
