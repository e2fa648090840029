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
            (
                "https://example.org/ops/site.git#main:prod",
                .remote(CommitSource(directory: "https://example.org/ops/site.git", revision: "main", folder: "prod"))
            ),
            (
                "git@example.org:ops/site.git#v1",
                .remote(CommitSource(directory: "git@example.org:ops/site.git", revision: "v1"))
            ),
            ("ssh://a@b:22/c#x", .remote(CommitSource(directory: "ssh://a@b:22/c", revision: "x"))),
            ("file:///srv/x#main", .remote(CommitSource(directory: "file:///srv/x", revision: "main"))),
            ("ext::sh#x", .commit(CommitSource(directory: "ext::sh", revision: "x"))),
            ("./a@b:c#x", .commit(CommitSource(directory: "./a@b:c", revision: "x"))), ("a:b@c", .directory("a:b@c")),
        ] as [(String, SiteSource)])
    func aSourceIsItsText(text: String, source: SiteSource) {
        #expect(SiteSource(parsing: text) == source)
        #expect(source.text == text)
    }

    @Test func withoutARefItIsHEAD() {
        let source = CommitSource(directory: "https://example.org/x", revision: "HEAD")
        #expect(SiteSource(parsing: "https://example.org/x") == .remote(source))
    }

    @Test(arguments: [
        ("https://ana:secret@example.org/x#main", "https://***@example.org/x#main"),
        ("https://ana:se@cret@example.org/x#main", "https://***@example.org/x#main"),
        ("ssh://git@example.org/x#main", "ssh://git@example.org/x#main"),
        ("git@example.org:x#main", "git@example.org:x#main"), ("dir#main", "dir#main"),
    ])
    func aPasswordIsNotShown(text: String, shown: String) {
        #expect(SiteSource(parsing: text).shown == shown)
    }
}
