import Model
import Testing

@testable import SystemFiles

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

    private static func block(
        _ text: String, was: String? = nil, after: String? = nil, before: String? = nil, isPresent: Bool = true
    ) -> BlockEdit {
        BlockEdit(
            text: Content(text), marker: BlockMarker("# {mark} x"), former: was.map { BlockMarker($0) },
            place: InsertionPlace(after: after, before: before), isPresent: isPresent)
    }
    private static func option(_ section: String?, _ value: String?, separator: String = " = ") -> OptionEdit {
        OptionEdit(section: section, option: "k", value: value.map { Content($0) }, separator: separator)
    }
    private static func noOption(_ section: String?) -> OptionEdit {
        OptionEdit(section: section, option: "k", isPresent: false)
    }

    static let rows = lineRows + blockRows + optionRows + otherRows

    static let lineRows = [
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
    ]

    static let blockRows = [
        Row("a block goes to the end", "a\n", block("b\nc"), "a\n# BEGIN x\nb\nc\n# END x\n"),
        Row("of an empty file too", "", block("b\n"), "# BEGIN x\nb\n# END x\n"),
        Row("with nothing in it", "a\n", block(""), "a\n# BEGIN x\n# END x\n"),
        Row("or a blank line", "a\n", block("\n"), "a\n# BEGIN x\n\n# END x\n"),
        Row("a missing newline stays missing behind a block", "a", block("b"), "a\n# BEGIN x\nb\n# END x"),
        Row("a block ends its lines as those beside it", "a\r\n", block("b"), "a\r\n# BEGIN x\r\nb\r\n# END x\r\n"),
        Row("also without the last newline", "a\r\nb", block("c"), "a\r\nb\r\n# BEGIN x\r\nc\r\n# END x"),
        Row(
            "a block is replaced where it stands", "a\n# BEGIN x\nb\nc\n# END x\nd\n", block("e"),
            "a\n# BEGIN x\ne\n# END x\nd\n"),
        Row(
            "wherever a new one would go", "# BEGIN x\nb\n# END x\nd\n", block("e", after: "^d"),
            "# BEGIN x\ne\n# END x\nd\n"),
        Row(
            "the end may be the last bytes (Ansible 75009)", "# BEGIN x\nb\n# END x", block("e"),
            "# BEGIN x\ne\n# END x"),
        Row("indented marks are marks", " # BEGIN x\nb\n# END x \n", block("c"), " # BEGIN x\nc\n# END x \n"),
        Row("mixed line ends are no difference", "# BEGIN x\r\nb\n# END x\n", block("b"), "# BEGIN x\r\nb\n# END x\n"),
        Row("a new block goes before a match", "a\nb\n", block("c", before: "^b"), "a\n# BEGIN x\nc\n# END x\nb\n"),
        Row("a new block goes after a match", "a\nb\n", block("c", after: "^a"), "a\n# BEGIN x\nc\n# END x\nb\n"),
        Row(
            "an earlier block is taken over", "a\n; BEGIN y\nb\n; END y\nc\n", block("d", was: "; {mark} y"),
            "a\n# BEGIN x\nd\n# END x\nc\n"),
        Row(
            "or is not there", "a\n", block("d", was: "; {mark} y"), "a\n# BEGIN x\nd\n# END x\n"),
        Row("a block goes with its marks", "a\n# BEGIN x\nb\n# END x\nc\n", block("b", isPresent: false), "a\nc\n"),
        Row(
            "also the last one of a file without its newline", "a\r\n# BEGIN x\r\n# END x", block("", isPresent: false),
            "a"),
        Row(
            "an earlier one goes too", "; BEGIN y\n; END y\nc\n",
            block("", was: "; {mark} y", isPresent: false), "c\n"),
    ]

    static let optionRows = [
        Row("an option gets its value", "[s]\nk = 1\n", option("s", "2"), "[s]\nk = 2\n"),
        Row("blanks around its separator stay", "[s]\n  k\t:  1 \n", option("s", "2"), "[s]\n  k\t:  2\n"),
        Row("or none", "[s]\nk=\n", option("s", "2"), "[s]\nk=2\n"),
        Row("an empty one is written as the separator is", "[s]\nk =\n", option("s", "2"), "[s]\nk = 2\n"),
        Row("an empty value", "[s]\nk = 1\n", option("s", ""), "[s]\nk =\n"),
        Row(
            "a new option goes behind the others", "[s]\na = 1\n\n[t]\n", option("s", "2"), "[s]\na = 1\nk = 2\n\n[t]\n"
        ),
        Row("indented as they are", "[s]\n\ta = 1\n", option("s", "2"), "[s]\n\ta = 1\n\tk = 2\n"),
        Row("with another separator", "[s]\n", option("s", "2", separator: "="), "[s]\nk=2\n"),
        Row("without a value", "[s]\n", option("s", nil), "[s]\nk\n"),
        Row("whatever its value", "[s]\nk: 5\n", option("s", nil), "[s]\nk: 5\n"),
        Row("an option that stands alone gets a value", "[s]\n k\n", option("s", "1"), "[s]\n k = 1\n"),
        Row(
            "a comment on the next section is no part of this one", "[s]\n\n# t\n[t]\n", option("s", "1"),
            "[s]\nk = 1\n\n# t\n[t]\n"),
        Row(
            "a comment in a section without options is", "[s]\n# k = 0\n\n[t]\n", option("s", "1"),
            "[s]\n# k = 0\nk = 1\n\n[t]\n"),
        Row("a commented option is none", "[s]\n#k = 1\n;k = 1\n", option("s", "2"), "[s]\n#k = 1\n;k = 1\nk = 2\n"),
        Row("a new section goes to the end", "[t]\nk = 1\n", option("s", "2"), "[t]\nk = 1\n\n[s]\nk = 2\n"),
        Row("of an empty file", "", option("s", "2"), "[s]\nk = 2\n"),
        Row("behind a blank line, without a newline", "a\n\n", option("s", "2"), "a\n\n[s]\nk = 2\n"),
        Row("a new section in a file without its last newline", "[t]", option("s", "2"), "[t]\n\n[s]\nk = 2"),
        Row("the last one of a name counts", "[s]\nk=1\nk=2\n", option("s", "3"), "[s]\nk=1\nk=3\n"),
        Row(
            "of all sections of a name", "[s]\nk=1\n[t]\nk=0\n[s]\nk=2\n", option("s", "3"),
            "[s]\nk=1\n[t]\nk=0\n[s]\nk=3\n"),
        Row("or in the first", "[s]\nk=1\n[t]\n[s]\n", option("s", "3"), "[s]\nk=3\n[t]\n[s]\n"),
        Row("case is a difference", "[s]\nK=1\n[S]\nk=1\n", option("s", "2"), "[s]\nK=1\nk = 2\n[S]\nk=1\n"),
        Row(
            "lines that continue it go", "[s]\nk = 1\n  2\n\n  # c\n  3\nb = 1\n", option("s", "4"),
            "[s]\nk = 4\n  # c\nb = 1\n"),
        Row("and come", "[s]\nk = 1\n\t2\nb = 1\n", option("s", "3\n4\n\n5"), "[s]\nk = 3\n\t4\n\n\t5\nb = 1\n"),
        Row(
            "what looks like a header or an option may continue one", "[s]\na = 1\n [s]\n k = 2\n", option("s", "3"),
            "[s]\na = 1\n [s]\n k = 2\nk = 3\n"),
        Row("less indented it does not", "[s]\n  a = 1\n k = 2\n", option("s", "3"), "[s]\n  a = 1\n k = 3\n"),
        Row(
            "a deep header does not become a part of the value", "[s]\n  [t]\n", option("s", "3"),
            "[s]\n  k = 3\n  [t]\n"),
        Row("before the first section", "a = 1\n\n[s]\nk = 1\n", option(nil, "2"), "a = 1\nk = 2\n\n[s]\nk = 1\n"),
        Row("in front of the comment on it", "# s\n[s]\n", option(nil, "2"), "k = 2\n# s\n[s]\n"),
        Row("in a file without sections", "# all\n", option(nil, "2"), "# all\nk = 2\n"),
        Row(
            "carriage returns stay around an option", "[s]\r\nk = 1\r\n", option("s", "2\n3"),
            "[s]\r\nk = 2\r\n    3\r\n"),
        Row("a byte order mark stays", "\u{FEFF}[s]\nk=1\n", option("s", "2"), "\u{FEFF}[s]\nk=2\n"),
        Row("in front of an option too", "\u{FEFF}k=1\n", option(nil, "2"), "\u{FEFF}k=2\n"),
        Row(
            "what follows a header is a comment", "[s] # t]x\nk=1\n[s # t]\n", option("s # t", "2"),
            "[s] # t]x\nk=1\n[s # t]\nk = 2\n"),
        Row(
            "an option goes with what continues it", "[s]\na = 1\nk = 1\n  2\nb = 1\n", noOption("s"),
            "[s]\na = 1\nb = 1\n"),
        Row("each of its name, and its section stays", "[s]\nk = 1\nk\n", noOption("s"), "[s]\n"),
        Row("of that section", "k = 1\n[t]\nk = 1\n", noOption("s"), "k = 1\n[t]\nk = 1\n"),
    ]

    static let otherRows = [
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

    @Test(arguments: [
        ("[s]\nk\n  deep = 1\n", option("s", "1")), ("[s]\na = 1\nk\n  deep = 1\n", noOption("s")),
        ("[s]\nz\n  [t]\n", option("s", "1")),
    ])
    func noOtherLineGetsAnotherMeaning(_ text: String, _ edit: OptionEdit) {
        var document = TextLines(parsing: Array(text.utf8))
        #expect(throws: Refusal.self) { try edit.apply(to: &document) }
        #expect(String(decoding: document.bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [
        "# BEGIN x\n", "# END x\n", "# END x\n# BEGIN x\n", "# BEGIN x\n# BEGIN x\n# END x\n",
        "# BEGIN x\n# END x\n# END x\n", "# BEGIN x\n# END x\n; BEGIN y\n; END y\n", "; BEGIN y\n",
        "# BEGIN x\n# END x\na\n# BEGIN x\n# END x\n",
    ])
    func nobodyCanTellWhatABrokenBlockHolds(_ text: String) {
        for isPresent in [true, false] {
            var document = TextLines(parsing: Array(text.utf8))
            let edit = Self.block("new", was: "; {mark} y", isPresent: isPresent)
            #expect(throws: Refusal.self) { try edit.apply(to: &document) }
            #expect(throws: Refusal.self) { _ = try document.block(of: edit) }
            #expect(String(decoding: document.bytes, as: UTF8.self) == text)
        }
    }

    @Test(arguments: [line("a", match: "("), line("b", after: "["), block("b", before: "*")] as [any DocumentEdit])
    func aRefusedEditLeavesTheDocument(_ edit: any DocumentEdit) throws {
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
