import Testing
import Values

@Suite struct LineBreakTests {
    @Test(arguments: [
        ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b", ""]), ("\r\n\r\na", ["", "", "a"]), ("a\rb\n", ["a\rb", ""]),
        ("", [""]),
        ("a\r\r\nb", ["a\r", "b"]), ("ü\r\nß", ["ü", "ß"]), ("\n", ["", ""]),
    ])
    func linesEndByBothEnds(text: String, lines: [String]) {
        #expect(text.textLines(omittingEmpty: false).map(String.init) == lines)
        #expect(text.textLines().map(String.init) == lines.filter { !$0.isEmpty })
    }

    @Test(arguments: [("a", false), ("a\nb", true), ("a\r\nb", true), ("a\rb", true), ("", false)])
    func aLineBreakIsFoundInOneCharacterToo(text: String, hasBreak: Bool) {
        #expect(text.hasLineBreak == hasBreak)
    }
}
