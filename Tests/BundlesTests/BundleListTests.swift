import Compiler
import Model
import Testing

@testable import Bundles

@Suite struct BundleListTests {
    static let digest = String(repeating: "0", count: 64)
    static let commit = String(repeating: "a", count: 40)

    static func file(_ path: String, bytes: String = "1", mode: String = "100644", sha256: String = digest) -> String {
        #"{"path": "\#(path)", "mode": "\#(mode)", "bytes": \#(bytes), "sha256": "\#(sha256)"}"#
    }

    static func list(_ files: String..., head: String = "", created: String = "2026-01-01T00:00:00Z") -> String {
        #"{\#(head)"format": 1, "site": "s", "commit": "\#(commit)", "subject": "x", "created": "\#(created)", "files": [\#(files.joined(separator: ","))]}"#
    }

    @Test func aListIsReadAsItIsWritten() throws {
        let digest = try #require(Digest(hexadecimal: Self.digest))
        let list = BundleList(
            site: "prod", commit: Self.commit, subject: "Raise \"it\" \u{1B}[1m", created: 5, expires: 1 << 32,
            files: [
                .init(path: "a/b", isExecutable: true, byteCount: 0, sha256: digest),
                .init(path: "ä", isExecutable: false, byteCount: 2 << 30, sha256: digest),
            ])
        #expect(try BundleList(parsing: list.bytes) == list)
    }

    /// What a signed list may not say, and what a person is told.
    @Test(arguments: [
        ("", "BUNDLE: expected a value, found the end at byte 0"),
        ("[]", "the list: expected an object"),
        (list(head: #""more": 1, "#), "found the key `more`"),
        (list(head: #""format": 1, "#), "expected each key once, found `format` twice"),
        (#"{"format": 1}"#, "expected `site`, found none"),
        (list().replacingFormat("2"), "expected `format` 1, found 2"),
        (list().replacingFormat("1.0"), "expected `format` 1, found 1.0"),
        (list(created: "2026-01-01T00:00:00+01:00"), "expected `created` as a time such as"),
        (list(created: "2026-01-01T00:00:00.5Z"), "expected `created` as a time such as"),
        (list(created: "1969-12-31T23:59:59Z"), "expected `created` as a time such as"),
        (list(created: "2300-01-01T00:00:00Z"), "expected `created` as a time such as"),
        (list(head: #""expires": "2026-01-01T00:00:00Z", "#), "expected `expires` after `created`"),
        (
            list().split(separator: #""x""#).joined(separator: "\"\(String(repeating: "x", count: 1025))\""),
            "expected `subject` of at most 1024 bytes, found 1025"
        ),
        (
            list().split(separator: #""s""#).joined(separator: "\"\(String(repeating: "x", count: 1025))\""),
            "expected `site` of at most 1024 bytes, found 1025"
        ),
        (list(file("/etc/passwd")), "the file `/etc/passwd` has an absolute name"),
        (list(file("../up")), "has the name `..`"),
        (list(file("a/../../up")), "has the name `..`"),
        (list(file("a/./b")), "has the name `.`"),
        (list(file("a//b")), "has an empty name"),
        (list(file("")), "has an empty name"),
        (list(file(".hidden/x")), "has a hidden name"),
        (list(file("a/.GIT/config")), "which some file systems take for `.git`"),
        (list(file(#"a\u0000b"#)), "item 1: expected `path` as a text of one line without NUL"),
        (list(file(#"a\nb"#)), "item 1: expected `path` as a text of one line"),
        (list(file("BUNDLE")), "the name that a bundle has"), (list(file("bundle.SIG")), "the name that a bundle has"),
        (list(file(String(repeating: "x", count: 101))), "too long for a bundle"),
        (list(file("a"), file("a")), "the file `a` is in its list twice"),
        (list(file("b"), file("a")), "the file `a` is in its list out of order"),
        (list(file("A"), file("a")), "`A` and `a`, which some file systems take for the same"),
        (list(file("a"), file("a/b")), "`a` is a file and a folder"),
        (list(file("a", bytes: "-1")), "expected `bytes` as a number, found -1"),
        (list(file("a", bytes: "1.5")), "expected `bytes` as a number"),
        (list(file("a", bytes: "9223372036854775807")), "a file of more than 2 GiB"),
        (list(file("a", mode: "120000")), "expected `mode` as 100644 or 100755, found \"120000\""),
        (list(file("a", mode: "100777")), "expected `mode` as 100644 or 100755"),
        (list(file("a", sha256: "00")), "expected `sha256` as 64 hexadecimal digits"),
        (list(file("a", sha256: String(repeating: "A", count: 64))), "expected `sha256` as 64 hexadecimal digits"),
        (
            list(
                file("a", bytes: "2147483648"), file("b", bytes: "2147483648"), file("c", bytes: "2147483648"),
                file("d", bytes: "2147483648"), file("e")), "its files have more than 8 GiB"
        ),
    ])
    func hostileListsAreRefused(_ text: String, _ said: String) {
        let fault = #expect(throws: SourceFault.self) { try BundleList(parsing: Array(text.utf8)) }
        #expect(fault?.reason.contains(said) == true, "\(text) \(fault?.reason ?? "")")
    }

    @Test func aLongSubjectIsCut() throws {
        let writer = try BundleWriter(
            MapSite(["site.yaml": ""]), named: "s", commit: Self.commit,
            subject: "x" + String(repeating: "ä", count: 600),
            created: 1, lifetime: nil)
        #expect(writer.list.subject == "x" + String(repeating: "ä", count: 511))
    }

    @Test func aBundleCountsForItsTime() throws {
        let list = BundleList(site: "s", commit: Self.commit, subject: "", created: 1000, expires: 2000, files: [])
        #expect(list.objection(now: 1999, latest: 1000) == nil)
        #expect(list.objection(now: 2000, latest: nil)?.contains("it counts until 1970-01-01T00:33:20Z") == true)
        #expect(list.objection(now: 10, latest: 999)?.contains("which has not come yet") == true)
    }

    @Test func aSiteThatDoesNotFitIsNoBundle() {
        let long = String(repeating: "n", count: 101)
        for (paths, said) in [
            (["a/\(long)"], "too long for a bundle"), (["BUNDLE"], "the name that a bundle has"),
            (["x", "X"], "take for the same"),
        ] {
            let site = MapSite(Dictionary(uniqueKeysWithValues: paths.map { ($0, "") }))
            let fault = #expect(throws: SourceFault.self) {
                try BundleWriter(
                    site, named: "s", commit: Self.commit, subject: "", created: 1, lifetime: nil)
            }
            #expect(fault?.reason.contains(said) == true, "\(paths) \(fault?.reason ?? "")")
        }
    }
}

extension String {
    fileprivate func replacingFormat(_ value: String) -> String {
        split(separator: "\"format\": 1").joined(separator: "\"format\": \(value)")
    }
}
