import Model
import Testing

@Suite struct DurationTests {
    @Test(
        arguments: [
            ("20s", 20_000, "20s"), ("250ms", 250, "250ms"), ("1h30m", 5_400_000, "1h30m"), ("90m", 5_400_000, "1h30m"),
            ("1w", 604_800_000, "7d"), ("1w2d3h4m5s6ms", 788_645_006, "9d3h4m5s6ms"), ("0s", 0, "0s"),
            ("007s", 7000, "7s"),
        ] as [(String, Int64, String)])
    func aLengthIsItsText(_ text: String, _ milliseconds: Int64, _ canonical: String) throws {
        let duration = try #require(Duration(text: text))
        #expect(duration.wholeMilliseconds == milliseconds)
        #expect(duration.text == canonical)
        #expect(Duration(text: canonical) == duration)
    }

    @Test(arguments: [
        "", "5", "s", "1.5h", "-1s", "1m1h", "1m1m", "1ms1s", "1 s", "1S", "1y", "1234567890s", "１s", "1s ", "1mss",
    ])
    func nothingElseIsALength(_ text: String) {
        #expect(Duration(text: text) == nil)
    }
}
