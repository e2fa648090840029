import Model
import Testing

struct ModeTests {
    @Test(arguments: [
        ("0644", 0o600, 0o644), ("02755", 0, 0o2755), ("u=rwx,go-w", 0o666, 0o744), ("a+X", 0o644, 0o644),
        ("a+X", 0o744, 0o755), ("+t", 0o777, 0o1777), ("u+s,g=u", 0o755, -1),
    ])
    func modesApply(text: String, base: Int, result: Int) {
        let applied = FileMode(text)?.applied(to: Permissions(UInt16(base)), isDirectory: false).bits
        #expect(applied.map(Int.init) ?? -1 == result)
    }

    @Test(arguments: ["/", "/srv/a", "/srv/.a", "/srv/...", "/a b"])
    func canonicalPathsAreTaken(text: String) {
        #expect(AbsolutePath(text)?.text == text)
    }

    @Test(arguments: ["", "a", "/srv//a", "/srv/a/", "/srv/../a", "/srv/.", "/a\nb", "/a\0"])
    func otherPathsAreRefused(text: String) {
        #expect(AbsolutePath(text) == nil)
    }

    @Test(arguments: [("1970-01-01", 0), ("2000-02-29", 11016), ("2027-01-31", 20849)])
    func datesCountDays(text: String, day: Int) {
        #expect(CivilDate(text)?.daysSinceEpoch == day)
        #expect(CivilDate(daysSinceEpoch: day).description == text)
    }

    @Test func datesThatDoNotExistAreRefused() {
        #expect(CivilDate("2027-02-29") == nil)
    }

    @Test(arguments: [
        ("20s", "20s"), ("90m", "1h30m"), ("1h30m", "1h30m"), ("250ms", "250ms"), ("0s", "0s"), ("1w", "7d"),
    ])
    func durationsRoundTrip(text: String, canonical: String) {
        #expect(Duration(text: text)?.text == canonical)
    }

    @Test(arguments: ["", "5", "5 m", "1m1h", "m", "1.5h"])
    func otherDurationsAreRefused(text: String) {
        #expect(Duration(text: text) == nil)
    }
}
