import Model
import Testing

@Suite struct PrintableTextTests {
    @Test(arguments: [
        ("plain \u{E9} \u{1F680}", "plain \u{E9} \u{1F680}"), ("\u{1B}[2Jx", "\\u{1b}[2Jx"), ("a\r\nb", "a\\r\\nb"),
        ("a\tb", "a\tb"), ("\u{9B}31m", "\\u{9b}31m"), ("\u{202E}txt", "\\u{202e}txt"), ("\u{7F}", "\\u{7f}"),
    ])
    func controlCharactersAreEscapes(_ text: String, _ shown: String) {
        #expect(text.printable == shown)
    }
}
