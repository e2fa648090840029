import Testing

@testable import Engine

/// An edit of a text is taken back while other lines of it may have changed.
struct LineMergeTests {
    struct Case: Sendable {
        var before: String
        var after: String
        var present: String
        var expected: String?
    }

    @Test(arguments: [
        // Nobody else wrote: exactly the old bytes, with or without a newline at the end.
        Case(before: "a\nb\n", after: "a\nx\nb\n", present: "a\nx\nb\n", expected: "a\nb\n"),
        Case(before: "a\nb", after: "a\nb\nx", present: "a\nb\nx", expected: "a\nb"),
        Case(before: "", after: "x\n", present: "x\n", expected: ""),
        // Lines that came since stay, before, behind and beside ours.
        Case(before: "a\n", after: "a\nx\n", present: "0\na\nx\nz\n", expected: "0\na\nz\n"),
        Case(before: "a\n", after: "a\nx\n", present: "x\n", expected: ""),
        Case(before: "", after: "x\n", present: "x\nz\n", expected: "z\n"),
        // What was replaced comes back in its place; what was removed too.
        Case(before: "a\nold\nb\n", after: "a\nnew\nb\n", present: "a\nnew\nb\nz\n", expected: "a\nold\nb\nz\n"),
        Case(before: "a\nold\nb\n", after: "a\nb\n", present: "a\nb\nz\n", expected: "a\nold\nb\nz\n"),
        Case(before: "old\na\n", after: "a\n", present: "a\nz\n", expected: "old\na\nz\n"),
        Case(before: "a\nold\nb\n", after: "a\nb\n", present: "b\nz\n", expected: "old\nb\nz\n"),
        Case(before: "1\n2\n3\n", after: "x\n", present: "x\nz\n", expected: "1\n2\n3\nz\n"),
        // Our line is gone already: nothing to take away.
        Case(before: "a\n", after: "a\nx\n", present: "a\nz\n", expected: "a\nz\n"),
        // Our line was changed, or what stood around it is gone: a person has to look.
        Case(before: "a\nold\n", after: "a\nnew\n", present: "a\nother\n", expected: nil),
        Case(before: "a\nold\nb\n", after: "a\nb\n", present: "z\n", expected: nil),
    ])
    func editIsTakenBack(_ row: Case) {
        let merged = LineMerge.undoing(
            from: Array(row.after.utf8), to: Array(row.before.utf8), in: Array(row.present.utf8))
        #expect(merged.map { String(decoding: $0, as: UTF8.self) } == row.expected)
    }

    @Test func bytesThatAreNoTextAreKept() {
        let merged = LineMerge.undoing(from: [0xFF, 10, 120, 10], to: [0xFF, 10], in: [0xFF, 10, 120, 10, 0xC0, 0])
        #expect(merged == [0xFF, 10, 0xC0, 0])
    }

    /// Without its limit the comparison of the second takes minutes and gigabytes.
    @Test func onlyLinesThatDifferAreCompared() {
        let base = (0..<60_000).map { "\($0)\n" }.joined(), other = (0..<60_000).map { "o\($0)\n" }.joined()
        func merged(_ present: String) -> String? {
            LineMerge.undoing(from: Array((base + "x\n").utf8), to: Array(base.utf8), in: Array(present.utf8))
                .map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(merged("first\n" + base + "x\nlast\n") == nil)
        #expect(merged(base + "x\nlast\n") == base + "last\n")
        #expect(merged("first\n" + base + "x\n") == "first\n" + base)
        #expect(merged(other) == nil)
    }
}
