import Model
import Testing

/// How an operator's words are read.
@Suite struct SiteSourceTests {
    @Test(
        arguments: [
            ("site", .directory("site")), (".", .directory(".")),
            ("site#main", .commit(CommitSource(directory: "site", revision: "main"))),
            ("a#b#v1:x/y", .commit(CommitSource(directory: "a#b", revision: "v1", folder: "x/y"))),
            ("/srv/a:b#main", .commit(CommitSource(directory: "/srv/a:b", revision: "main"))),
            (".#main:a:b", .commit(CommitSource(directory: ".", revision: "main", folder: "a:b"))),
            ("site#", .commit(CommitSource(directory: "site", revision: ""))),
            ("site#:x", .commit(CommitSource(directory: "site", revision: "", folder: "x"))),
            ("#main", .commit(CommitSource(directory: "", revision: "main"))),
        ] as [(String, SiteSource)])
    func aSourceIsItsText(text: String, source: SiteSource) {
        #expect(SiteSource(parsing: text) == source)
        #expect(source.text == text)
    }
}
