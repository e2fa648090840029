import Model
import Resources
import Testing

/// CR LF is one character of Swift and no newline: a text of one line must not hold it either.
@Suite struct OneLineTests {
    @Test(arguments: ["a\nb", "a\r\nb"])
    func noTextOfOneLineHoldsALineBreak(text: String) throws {
        var user = User()
        user.comment = text
        #expect(!user.problems.isEmpty)
        #expect(throws: DecodingFault.self) { try KeyOptions(decoding: Node(.string(text), at: .nowhere)) }
        var entry = CrontabEntry()
        (entry.name, entry.command) = (text, "true")
        #expect(entry.problems.contains { $0.text.contains("name") })
        var link = Link()
        link.target = text
        #expect(!link.problems.isEmpty)
    }
}
