import Testing
import Values

/// Moments and dates as RFC 3339 writes them: what is read is written again the same, and nothing else is a moment.
@Suite struct TimeTextTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0), ("2009-02-13T23:31:30Z", 1_234_567_890, 0),
            ("1969-12-31T23:59:59.5Z", -1, 500_000_000),
            ("2000-02-29T12:00:00.000000001Z", 951_825_600, 1), ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
            ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999),
            ("1900-03-01T00:00:00Z", -2_203_891_200, 0),
        ] as [(String, Int64, Int32)])
    func aMomentIsItsText(_ text: String, _ seconds: Int64, _ nanoseconds: Int32) throws {
        let moment = try #require(Timestamp(text))
        #expect(moment.seconds == seconds && moment.nanoseconds == nanoseconds)
        #expect(moment.text == text)
        #expect(Timestamp(seconds: seconds, nanoseconds: nanoseconds) == moment)
    }

    @Test(arguments: [
        ("2026-03-01T00:30:00+01:00", "2026-02-28T23:30:00Z"), ("2026-12-31t23:59:00-05:30", "2027-01-01T05:29:00Z"),
        ("2026-01-01T00:00:00.1000z", "2026-01-01T00:00:00.1Z"),
        ("2026-01-01T00:00:00.1234567891Z", "2026-01-01T00:00:00.123456789Z"),
        ("2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00Z"),
    ])
    func otherWritingsAreTheSameMoment(_ text: String, _ canonical: String) {
        #expect(Timestamp(text)?.text == canonical)
    }

    @Test(arguments: [
        "", "2026-01-01", "2026-01-01T00:00Z", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z", "2026-1-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00ZZ",
        "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "-001-01-01T00:00:00Z",
        "２026-01-01T00:00:00Z",
    ])
    func nothingElseIsAMoment(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        arguments: [
            (0, nil, "1970-01-01T00:00:00Z"), (0, 3600, "1970-01-01T01:00:00+01:00"),
            (0, -19_800, "1969-12-31T18:30:00-05:30"),
            (-1, 0, "1969-12-31T23:59:59+00:00"),
        ] as [(Int64, Int?, String)])
    func anOffsetMovesTheClock(_ seconds: Int64, _ offset: Int?, _ text: String) {
        #expect(Timestamp.text(seconds: seconds, offset: offset) == text)
        #expect(Timestamp(text)?.seconds == seconds)
    }

    /// Four hundred years, after which the calendar begins again, day by day.
    @Test func daysFollowEachOther() {
        var previous = CivilDate(daysSinceEpoch: -1)
        for day in 0..<146_097 {
            let date = CivilDate(daysSinceEpoch: day)
            guard date.daysSinceEpoch == day, date.dayOfWeek == (previous.dayOfWeek + 1) % 7 else {
                Issue.record("\(date) is not the day after \(previous)")
                return
            }
            let isNext = date.day == previous.day + 1 && date.month == previous.month && date.year == previous.year
            let isFirst =
                date.day == 1 && previous.day == CivilDate.length(ofMonth: previous.month, year: previous.year)
            guard isNext || isFirst, date.dayOfYear == (date.year == previous.year ? previous.dayOfYear + 1 : 0) else {
                Issue.record("\(date) after \(previous)")
                return
            }
            previous = date
        }
        #expect(previous.description == "2369-12-31")
    }

    @Test(arguments: [("1970-01-01", 4), ("2000-02-29", 2), ("2026-11-26", 4), ("1582-10-15", 5), ("0001-01-01", 1)])
    func aDateHasItsDayOfTheWeek(_ text: String, _ day: Int) throws {
        let date = try #require(CivilDate(text))
        #expect(date.dayOfWeek == day && date.description == text)
    }
}
