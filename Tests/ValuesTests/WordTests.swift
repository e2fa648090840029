import Testing
import Values

/// The texts that people and shells read.
@Suite struct WordTests {
    @Test(
        arguments: [
            ("contnet", ["mode", "content"], "did you mean `content`?"),
            ("conten", ["content"], "did you mean `content`?"),
            ("moed", ["mode", "model"], "did you mean `mode`?"), ("mod", ["mode", "node"], "did you mean `mode`?"),
            ("ownr", ["group", "owner"], "did you mean `owner`?"), ("grüp", ["group", "grup"], "did you mean `grup`?"),
            ("a", ["b", "c"], "allowed: b, c"), ("ab", ["xy"], "allowed: xy"),
            ("user", ["group", "file"], "allowed: file, group"),
            ("x", [], nil), (String(repeating: "a", count: 200), ["b"], "allowed: b"),
        ] as [(String, [String], String?)])
    func theNearestNameIsMeantElseAllAreNamed(_ name: String, _ allowed: [String], _ hint: String?) {
        #expect(Spelling.hint(for: name, among: allowed) == hint)
    }

    @Test func manyAllowedNamesAreCutShort() throws {
        let names = (10..<60).map { "name\($0)" },
            hint = try #require(Spelling.hint(for: "other", among: names.reversed()))
        #expect(hint.hasPrefix("allowed: name10, name11") && hint.hasSuffix("name49, ..."))
    }

    @Test(arguments: [
        ("", "''"), ("a", "a"), ("/bin/a-b_c.d:e=f@g,h+", "/bin/a-b_c.d:e=f@g,h+"), ("a b", "'a b'"),
        ("it's", "'it'\\''s'"),
        ("$HOME", "'$HOME'"), ("a\nb", "'a\nb'"), ("~", "'~'"), ("é", "'é'"), ("'", "''\\'''"),
        ("a'\u{301}", "'a'\\''\u{301}'"),
    ])
    func aShellReadsTheWordItself(_ text: String, _ word: String) {
        #expect(text.shellWord.utf8.elementsEqual(word.utf8))
    }

    @Test(arguments: [
        ("A", true), ("_a1", true), ("1a", false), ("", false), ("a-b", false), ("é", false), ("a b", false),
    ])
    func aShellsVariableHasItsLetters(_ name: String, _ isName: Bool) {
        #expect(name.isVariableName == isName)
    }

    @Test(arguments: [
        ("plain é 😀\t.", "plain é 😀\t."), ("a\nb", "a\\nb"), ("a\r\nb", "a\\r\\nb"),
        ("\u{1B}[31mred", "\\u{1b}[31mred"),
        ("\u{0}\u{7F}\u{9B}", "\\u{0}\\u{7f}\\u{9b}"), ("\u{202E}abc\u{2066}", "\\u{202e}abc\\u{2066}"),
    ])
    func aTerminalIsNotMoved(_ text: String, _ shown: String) {
        #expect(text.printable.utf8.elementsEqual(shown.utf8))
    }

    @Test(arguments: [
        ("a\n\u{1B}[32m+\u{1B}[0m b\u{1B}[2J", true, "a\n\u{1B}[32m+\u{1B}[0m b\\u{1b}[2J"),
        ("\u{1B}[32mx", false, "\\u{1b}[32mx"), ("\u{1B}[38m", true, "\u{1B}[38m"), ("\u{1B}[1m", true, "\\u{1b}[1m"),
        ("a\r\nb", true, "a\\r\nb"),
    ])
    func ofColoursOnlyOursStay(_ text: String, _ keepsColors: Bool, _ shown: String) {
        #expect(text.printableLines(keepsColors: keepsColors).utf8.elementsEqual(shown.utf8))
    }

    @Test(
        arguments: [
            ("a b", nil), ("a\u{A0}b", "it has a no-break space (U+00A0)"),
            ("\u{FEFF}a", "it begins with a byte order mark (U+FEFF)"),
            ("a\u{200B}", "it ends with a zero-width space (U+200B)"), ("a\t", "it ends with a tab"),
            ("a\r\n", "it has a carriage return"),
            ("a\n", "it ends with a newline"), ("a ", "it ends with a blank"), (" a", "it begins with a blank"),
            ("", nil),
            ("a\u{2013}b", "it has an en dash (U+2013)"),
        ] as [(String, String?)])
    func whatIsHiddenIsNamed(_ text: String, _ remark: String?) {
        #expect(HiddenCharacters.remark(on: text) == remark)
    }
}
