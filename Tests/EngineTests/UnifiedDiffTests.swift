import Model
import Testing

@testable import Engine

/// The hunks of `diff -u`, which are the judge: each row was made by it.
@Suite struct UnifiedDiffTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String, old: String, new: String, hunks: [String]

        init(_ claim: String, _ old: String, _ new: String, _ hunks: String...) {
            (testDescription, self.old, self.new, self.hunks) = (claim, old, new, hunks)
        }
    }

    private static let noNewline = "\\ No newline at end of file"
    private static func lines(_ range: ClosedRange<Int>) -> String { range.map { "\($0)\n" }.joined() }

    static let rows = [
        Row("the same is no hunk", "a\nb\n", "a\nb\n"),
        Row("a line is changed", "a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@", " a", "-b", "+x", " c"),
        Row("a line comes at the end", "a\n", "a\nb\n", "@@ -1,1 +1,2 @@", " a", "+b"),
        Row("a line goes at the beginning", "a\nb\n", "b\n", "@@ -1,2 +1,1 @@", "-a", " b"),
        Row("of two that are alike one goes", "a\na\n", "a\n", "@@ -1,2 +1,1 @@", " a", "-a"),
        Row("out of nothing", "", "a\nb\n", "@@ -0,0 +1,2 @@", "+a", "+b"),
        Row("into nothing", "a\nb\n", "", "@@ -1,2 +0,0 @@", "-a", "-b"),
        Row("nothing stays nothing", "", ""),
        Row("an empty line is a line", "", "\n", "@@ -0,0 +1,1 @@", "+"),
        Row("a newline comes", "a", "a\n", "@@ -1,1 +1,1 @@", "-a", noNewline, "+a"),
        Row("a newline goes", "a\nb\n", "a\nb", "@@ -1,2 +1,2 @@", " a", "-b", "+b", noNewline),
        Row("none on both sides", "a\nb", "x\nb", "@@ -1,2 +1,2 @@", "-a", "+x", " b", noNewline),
        Row("none, and another line", "a", "b", "@@ -1,1 +1,1 @@", "-a", noNewline, "+b", noNewline),
        Row("a carriage return is a difference", "a\r\nb\n", "a\nb\n", "@@ -1,2 +1,2 @@", "-a\r", "+a", " b"),
        Row(
            "three lines around are shown", lines(1...9), lines(1...4) + "x\n" + lines(6...9), "@@ -2,7 +2,7 @@", " 2",
            " 3", " 4", "-5", "+x", " 6", " 7", " 8"),
        Row(
            "six lines between are one hunk", "a\n" + lines(1...6) + "b\n", "x\n" + lines(1...6) + "y\n",
            "@@ -1,8 +1,8 @@", "-a", "+x", " 1", " 2", " 3", " 4", " 5", " 6", "-b", "+y"),
        Row(
            "seven are two", "a\n" + lines(1...7) + "b\n", "x\n" + lines(1...7) + "b\nc\n", "@@ -1,4 +1,4 @@", "-a",
            "+x", " 1", " 2", " 3", "@@ -7,3 +7,4 @@", " 6", " 7", " b", "+c"),
        Row(
            "later hunks count what came before", "a\n" + lines(1...9) + "b\n", "x\ny\na\n" + lines(1...9),
            "@@ -1,3 +1,5 @@", "+x", "+y", " a", " 1", " 2", "@@ -8,4 +10,3 @@", " 7", " 8", " 9", "-b"),
    ]

    @Test(arguments: rows) func hunksAreThoseOfDiff(_ row: Row) {
        #expect(UnifiedDiff.lines(from: Content(row.old), to: Content(row.new)) == row.hunks)
    }

    /// Another way through: the hunks and the old text make the new one.
    @Test(arguments: rows) func hunksMakeTheNewTextOfTheOld(_ row: Row) throws {
        let hunks = try #require(UnifiedDiff.lines(from: Content(row.old), to: Content(row.new)))
        // By bytes: a carriage return and a newline are one character.
        let newline = UInt8(ascii: "\n")
        var rest = row.old.utf8.split(separator: newline, omittingEmptySubsequences: false)
            .map { String(Substring($0)) }[...]
        var made: [String] = []
        if rest.last == "" { rest.removeLast() }
        var line = 1, hasNewline = row.new.utf8.last == newline
        for (index, hunk) in hunks.enumerated() {
            let text = String(hunk.dropFirst())
            switch hunk.first {
            case "@":
                let numbers = hunk.split { !$0.isNumber }.compactMap { Int($0) }
                let start = numbers[1] == 0 ? numbers[0] + 1 : numbers[0]
                while line < start {
                    made.append(rest.popFirst() ?? "")
                    line += 1
                }
            case " ", "-":
                #expect(rest.first == text)
                let kept = rest.popFirst() ?? ""
                line += 1
                if hunk.first == " " { made.append(kept) }
            case "+": made.append(text)
            default: hasNewline = index < hunks.count - 1
            }
        }
        made += rest
        #expect(made.joined(separator: "\n") + (hasNewline && !made.isEmpty ? "\n" : "") == row.new)
    }

    @Test(
        arguments: [
            ("NUL", [0x61, 0]), ("no UTF-8", [0xFF]), ("more than a MiB", Array(repeating: 0x61, count: 1 << 20 | 1)),
            ("more than 4000 lines", Array(repeating: 0x0A, count: 4001)),
        ] as [(String, [UInt8])])
    func whatIsNotToBeReadHasNoHunks(_ claim: String, _ bytes: [UInt8]) {
        #expect(UnifiedDiff.lines(from: Content(bytes), to: Content("a\n")) == nil, "\(claim)")
        #expect(UnifiedDiff.lines(from: Content("a\n"), to: Content(bytes)) == nil, "\(claim)")
        #expect(UnifiedDiff.lines(from: Content(Array(repeating: 0x0A, count: 4000)), to: Content("a\n")) != nil)
    }

    @Test(
        arguments: [
            ("a\nb\n", 2, ["+a", "+b"]), ("a\nb\n", 1, nil), ("a\nb", 2, ["+a", "+b", noNewline]), ("a\nb", 1, nil),
            ("", 5, nil), ("\u{0}", 5, nil), ("\n", 1, ["+"]),
        ] as [(String, Int, [String]?)])
    func aNewTextIsShownWithinItsLimit(_ text: String, _ limit: Int, _ lines: [String]?) {
        #expect(UnifiedDiff.added(Content(text), limit: limit) == lines)
    }
}
