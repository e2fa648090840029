import Model
import Testing

@testable import HostFiles

/// Every edit of a part of a file: what it makes, that twice is once, and that a refused one leaves the document.
@Suite struct EditTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String, before: String, edit: any DocumentEdit, after: String

        init(_ claim: String, _ before: String, _ edit: any DocumentEdit, _ after: String) {
            (testDescription, self.before, self.edit, self.after) = (claim, before, edit, after)
        }
    }

    private static func line(
        _ text: String, match: String? = nil, all: Bool = false, after: String? = nil, before: String? = nil
    ) -> LineEdit {
        LineEdit(text: Content(text), match: match, replacesAll: all, insertAfter: after, insertBefore: before)
    }
    private static func entry(_ command: String, _ variables: String...) -> CrontabEdit {
        .set(CrontabRecord(name: "a", schedule: "@daily", user: nil, command: command, variables: variables))
    }
    private static let blob = "AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6"
    private static let key = PublicKey(type: "ssh-ed25519", blob: blob, comment: "ana")

    static let rows = [
        Row("a line goes to the end", "a\n", line("b"), "a\nb\n"),
        Row("of an empty file too", "", line("b"), "b\n"),
        Row("a missing newline stays missing", "a", line("b"), "a\nb"),
        Row("carriage returns stay the custom", "a\r\nb\r\n", line("c"), "a\r\nb\r\nc\r\n"),
        Row("a line that is there is enough", "b\na\n", line("b"), "b\na\n"),
        Row(
            "of those that match the last one is replaced", "x 1\nx 2\ny\n", line("x 3", match: "^x "), "x 1\nx 3\ny\n"),
        Row("or all of them", "x 1\nx 2\ny\n", line("x 3", match: "^x ", all: true), "x 3\nx 3\ny\n"),
        Row("after the last match", "[net]\na\n[end]\n", line("b", after: "^.net"), "[net]\nb\na\n[end]\n"),
        Row("before the last match", "a\nexit\n", line("b", before: "exit"), "a\nb\nexit\n"),
        Row("to the end where neither is found", "a\n", line("b", after: "none"), "a\nb\n"),
        Row(
            "every copy goes", "a\nb\na\n", LineEdit(text: Content("a"), isPresent: false), "b\n"),
        Row("an entry has a mark", "", entry("x"), "# lodestar: a\n@daily x\n"),
        Row(
            "a line that is the same is adopted", "# by hand\n@daily x\n", entry("x"),
            "# by hand\n# lodestar: a\n@daily x\n"),
        Row(
            "an entry is replaced where it stands", "# lodestar: a\n@daily y\n# end\n", entry("x"),
            "# lodestar: a\n@daily x\n# end\n"),
        Row(
            "with its variables", "# lodestar: a\nMAILTO=b\n@daily x\n@hourly z\n", entry("x", "MAILTO=c"),
            "# lodestar: a\nMAILTO=c\n@daily x\n@hourly z\n"),
        Row(
            "of two of its name one stays", "# lodestar: a\n1 y\n2 z\n# lodestar: a\n3 w\n", entry("x"),
            "# lodestar: a\n@daily x\n2 z\n"),
        Row("an entry goes with its mark", "1 y\n# lodestar: a\nB=c\n3 w\n", CrontabEdit.remove(name: "a"), "1 y\n"),
        Row("others stay", "# lodestar: b\n3 w\n", CrontabEdit.remove(name: "a"), "# lodestar: b\n3 w\n"),
        Row("a key comes", "# keys\n", KeysEdit.set(.atLeast([key])), "# keys\nssh-ed25519 \(blob) ana\n"),
        Row(
            "its comment is no difference", "ssh-ed25519 \(blob) other\n", KeysEdit.set(.atLeast([key])),
            "ssh-ed25519 \(blob) other\n"),
        Row(
            "its options are", "no-pty ssh-ed25519 \(blob) other\n", KeysEdit.set(.atLeast([key])),
            "ssh-ed25519 \(blob) ana\n"),
        Row(
            "it stands there once", "ssh-ed25519 \(blob)\nno-pty ssh-ed25519 \(blob)\n", KeysEdit.set(.atLeast([key])),
            "ssh-ed25519 \(blob)\n"),
        Row(
            "exactly none: comments stay", "# a\n\nssh-ed25519 \(blob)\nwhat is this\n", KeysEdit.set(.exactly([])),
            "# a\n\n"),
        Row("a key goes whatever its options", "no-pty ssh-ed25519 \(blob)\n", KeysEdit.remove(blob: blob), ""),
    ]

    @Test(arguments: rows) func anEditMadeTwiceIsMadeOnce(_ row: Row) throws {
        var document = EditedDocument(for: row.edit, parsing: Array(row.before.utf8))
        for _ in 0..<2 {
            try document.apply(row.edit)
            #expect(String(decoding: document.bytes, as: UTF8.self) == row.after)
            #expect(document.byteCount == row.after.utf8.count)
        }
        var again = EditedDocument(for: row.edit, parsing: Array(row.after.utf8))
        try again.apply(row.edit)
        #expect(String(decoding: again.bytes, as: UTF8.self) == row.after, "read anew it is the same")
        #expect(document.isEmpty == row.after.isEmpty)
    }

    @Test(arguments: [line("a", match: "("), line("b", after: "["), line("b", before: "*")])
    func aRefusedEditLeavesTheDocument(_ edit: LineEdit) throws {
        var document = EditedDocument(for: edit, parsing: Array("a\r\nlast".utf8))
        try document.apply(Self.line("first", before: "^a"))
        let before = document.bytes
        #expect(throws: Refusal.self) { try document.apply(edit) }
        #expect(document.bytes == before && before == Array("first\r\na\r\nlast".utf8))
        try document.apply(Self.line("after"))
        #expect(document.bytes == Array("first\r\na\r\nlast\r\nafter".utf8), "and it can be edited further")
    }

    @Test func anEditOfAnotherKindReadsWhatTheFirstMade() throws {
        var document = EditedDocument(for: Self.entry("x"), parsing: [])
        try document.apply(Self.entry("x"))
        try document.apply(Self.line("@daily x # more", match: "^@daily"))
        try document.apply(CrontabEdit.set(CrontabRecord(name: "b", schedule: "@hourly", user: nil, command: "y")))
        #expect(
            String(decoding: document.bytes, as: UTF8.self)
                == "# lodestar: a\n@daily x # more\n# lodestar: b\n@hourly y\n")
        #expect(document.document(as: Crontab.self)?.line(named: "a") == "@daily x # more")
        #expect(document.document(as: TextLines.self) == nil)
    }
}
