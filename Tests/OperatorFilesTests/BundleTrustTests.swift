import Bundles
import Foundation
import Model
import Signatures
import TestSupport
import Testing

@testable import OperatorFiles

/// Whose bundles count, and when.
@Suite struct BundleTrustTests {
    private func fault(_ bench: BundleBench, _ access: SourceAccess) -> SourceFault? {
        do throws(SourceFault) {
            _ = try bench.open(access)
            return nil
        } catch {
            return error
        }
    }

    @Test func aBundleIsASite() throws {
        let bench = try BundleBench(), writer = try bench.writer(), bytes = try bench.bytes(writer)
        #expect(try bench.bytes(writer) == bytes, "the same bytes twice")
        try bench.write(bytes)
        let site = try bench.open()
        #expect(try site.reader.paths(below: "") == ["manifests/a.yaml", "manifests/b.yaml", "site.yaml"])
        #expect(try site.reader.paths(below: "manifests") == ["manifests/a.yaml", "manifests/b.yaml"])
        #expect(try site.reader.contents(of: "manifests/b.yaml") == Array("b: 2\n".utf8))
        #expect(try site.reader.contents(of: "manifests") == nil)
        #expect(site.source.text == "\(bench.path)#\(BundleBench.commit)" && site.made == BundleBench.made)
        #expect(site.source.commit == BundleBench.commit)
        // It is of its commit, or it is refused.
        #expect(try site.source.opened(bench.access()).source == site.source)
        let text = "\(bench.path)#\(String(repeating: "d", count: 40))"
        #expect(throws: SourceFault.self) { try SiteSource(parsing: text).opened(bench.access()) }
        #expect(bench.names.contains { $0.hasPrefix("state/source/prod-") && $0.hasSuffix(".site.tar") })
    }

    @Test func aFileThatChangesIsNotRead() throws {
        let bench = try BundleBench(), bytes = try bench.bytes(try bench.writer())
        try bench.write(bytes)
        let kept = try bench.open().reader
        var access = bench.access()
        access.state = nil
        let site = try bench.open(access).reader
        let place = try #require(bytes.firstRange(of: Array("b: 2\n".utf8))?.lowerBound)
        let file = try FileHandle(forWritingTo: URL(filePath: bench.path))
        try file.seek(toOffset: UInt64(place))
        try file.write(contentsOf: Data("b: 3\n".utf8))
        try file.close()
        #expect(throws: SiteFault.self) { try site.contents(of: "manifests/b.yaml") }
        #expect(try site.contents(of: "manifests/a.yaml") == Array("a: 1\n".utf8))
        // A root reads its own copy, to which nobody else can write.
        #expect(try kept.contents(of: "manifests/b.yaml") == Array("b: 2\n".utf8))
    }

    @Test func onlyWhoCountsIsTaken() throws {
        let bench = try BundleBench(), writer = try bench.writer(), list = writer.list.bytes
        let good = try bench.bytes(writer)
        let cases: [(String, [UInt8], SourceAccess, String)] = [
            ("nobody is said", good, SourceAccess(), "expected --signers or --key for a bundle"),
            (
                "unsigned", try bench.bytes(writer, signature: .some(nil)), bench.access(),
                "the bundle bears no signature"
            ),
            (
                "an unknown key",
                try bench.bytes(writer, signature: try bench.signature(of: list, by: bench.other.file)),
                bench.access(), "nobody allows the key SHA256:"
            ),
            (
                "another purpose", try bench.bytes(writer, signature: try bench.signature(of: list, namespace: "git")),
                bench.access(), "the signature is for the namespace `git`, not `lodestar-bundle`"
            ),
            (
                "of another list", try bench.bytes(writer, signature: try bench.signature(of: list + [0x20])),
                bench.access(), "the signature is not one of these bytes by this key"
            ),
            ("a key for git only", good, bench.access("namespaces=\"git\""), "signers:1 allows the key for `git` only"),
            ("an authority", good, bench.access("cert-authority"), "as an authority for certificates only"),
            ("a key of before", good, bench.access("valid-before=\"20260101Z\""), "signers:1 allows the key until"),
            ("a key of later", good, bench.access("valid-after=\"20300101Z\""), "signers:1 allows the key from"),
            (
                "a key that was not allowed then", good, bench.access("valid-after=\"20270115075900Z\""),
                "signers:1 allows the key from"
            ),
            ("a revoked key", good, bench.access(revoked: bench.fingerprint), "the key is revoked in revoked"),
            (
                "an expired bundle", try bench.bytes(try bench.writer(lifetime: 1000)), bench.access(),
                "it counts until 2027-01-15T08:00:00Z, and it is 2027-01-15T08:00:00Z"
            ),
            (
                "one from the future", try bench.bytes(try bench.writer(created: BundleBench.now + 86_401)),
                bench.access(), "it was made at 2027-01-16T08:00:01Z, which has not come yet"
            ),
        ]
        for (what, bytes, access, said) in cases {
            try bench.write(bytes)
            let fault = fault(bench, access)
            #expect(fault?.kind == .untrusted && fault?.hint != nil, "\(what) \(String(describing: fault))")
            #expect(fault?.reason.contains(said) == true, "\(what): \(fault?.reason ?? "")")
        }
        #expect(!bench.names.contains { $0.hasPrefix("state/source/prod-") })
        for bytes in [
            good, try bench.bytes(try bench.writer(lifetime: 1001)),
            try bench.bytes(try bench.writer(created: BundleBench.now + 86_400)),
        ] {
            try bench.write(bytes)
            #expect(fault(bench, bench.access()) == nil)
        }
        // Without a clock nothing is from the future; whoever waives the signature takes it unsigned, but not for ever.
        var access = bench.access()
        access.trust = access.trust.map { SourceTrust($0.policy, notBefore: BundleBench.now, clock: 0) }
        try bench.write(try bench.bytes(try bench.writer(created: BundleBench.now + 86_401)))
        #expect(fault(bench, access) == nil)
        access = SourceAccess()
        access.isWaived = true
        try bench.write(try bench.bytes(writer, signature: .some(nil)))
        #expect(fault(bench, access) == nil)
        try bench.write(try bench.bytes(try bench.writer(created: 1000, lifetime: 1000), signature: .some(nil)))
        #expect(fault(bench, access)?.reason.contains("it counts until 1970-01-01T00:33:20Z") == true)
    }

    /// The sequence: what was begun is not followed by what is older, unless root says so.
    @Test func anOlderBundleIsRefused() throws {
        let bench = try BundleBench(), older = String(repeating: "b", count: 40)
        var record = try SourceRecord(in: bench.state)
        try record.begin(BundleBench.commit, made: BundleBench.made, at: BundleBench.now)
        try bench.write(try bench.bytes(try bench.writer(commit: older, created: BundleBench.made - 1)))
        let fault = fault(bench, bench.access())
        #expect(fault?.kind == .untrusted && fault?.hint?.contains("source accept \(older)") == true)
        #expect(
            fault?.reason.contains("its commit is of 2027-01-15T07:43:19Z, and cccc") == true, "\(fault?.reason ?? "")")
        try record.accept(older)
        #expect(self.fault(bench, bench.access()) == nil)
        try bench.write(try bench.bytes(try bench.writer(commit: older, created: BundleBench.made)))
        #expect(self.fault(bench, bench.access()) == nil)
    }

    /// The agent goes on with the last bundle that was whole and trusted, whatever lies in its place.
    @Test func theLastOneGoesOn() throws {
        let bench = try BundleBench(), good = try bench.bytes(try bench.writer())
        var access = bench.access()
        access.goesOn = true
        try bench.write([1, 2, 3])
        #expect(fault(bench, access)?.kind == .refused, "there is none yet")
        try bench.write(good)
        #expect(try bench.open(access).setback == nil)
        for (bytes, kind) in [
            (Array(good.dropLast(600)), .refusal), ([], .refusal), (nil, .warning),
        ] as [([UInt8]?, Setback.Kind)] {
            if let bytes { try bench.write(bytes) } else { try FileManager.default.removeItem(atPath: bench.path) }
            let open = try bench.open(access)
            #expect(open.setback?.kind == kind && open.source.commit == BundleBench.commit)
            #expect(open.setback?.remark.contains("going on with cccccccccccc") == true)
            #expect(try open.reader.contents(of: "site.yaml") == Array("site: test\n".utf8))
            #expect(fault(bench, bench.access()) != nil, "a person is told")
        }
        let view = try SourceView(.bundle(BundleSource(path: bench.path)), in: bench.state, within: nil)
        #expect(view.state == .unreachable && view.status.taken?.signer == "ana")
        #expect(view.text.split(separator: "\n").count >= 3 && !view.text.contains("\\n"), "\(view.text)")
        // What is kept is judged again too.
        access = bench.access("valid-before=\"20260101Z\"")
        access.goesOn = true
        #expect(fault(bench, access) != nil)
    }

    private func change(_ path: String, _ old: String, to new: String) throws {
        let bytes = Array(try Data(contentsOf: URL(filePath: path)))
        let place = try #require(bytes.firstRange(of: Array(old.utf8))?.lowerBound)
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seek(toOffset: UInt64(place))
        try file.write(contentsOf: Data(new.utf8))
        try file.close()
    }

    /// Where nothing can be kept, no byte is handed on before the digest of its file is known.
    @Test func whatCannotBeKeptIsHandedOnWhole() throws {
        let bench = try BundleBench()
        try bench.write(try bench.bytes(try bench.writer()))
        #expect(FileManager.default.createFile(atPath: "\(bench.state)/source", contents: nil))
        let site = try bench.open().reader
        try change(bench.path, "b: 2\n", to: "b: 3\n")
        var handed = 0
        #expect(throws: HostFault.self) {
            try site.read("manifests/b.yaml") { (piece) throws(HostFault) in handed += piece.count }
        }
        #expect(handed == 0)
    }

    /// The copy of a root.
    private func copy(_ bench: BundleBench) throws -> String {
        let name = try #require(bench.names.first { $0.hasPrefix("state/source/") && $0.hasSuffix(".site.tar") })
        return "\(bench.folder.path)/\(name)"
    }

    @Test func aCopyThatIsDamagedIsMadeAnewOrNamed() throws {
        let bench = try BundleBench(), good = try bench.bytes(try bench.writer())
        try bench.write(good)
        _ = try bench.open()
        let copy = try copy(bench)
        try change(copy, "b: 2\n", to: "b: 3\n")
        #expect(try bench.open().reader.contents(of: "manifests/b.yaml") == Array("b: 2\n".utf8))
        #expect(try Array(Data(contentsOf: URL(filePath: copy))) == good)
        try change(copy, "b: 2\n", to: "b: 3\n")
        try FileManager.default.removeItem(atPath: bench.path)
        var access = bench.access()
        access.goesOn = true
        let fault = fault(bench, access)
        #expect(fault?.kind == .missing, "\(String(describing: fault))")
        #expect(fault?.reason.contains("found no file; nor can its last copy go on, \(copy): byte ") == true)
    }

    /// Copies stay of what is followed, and not of each path that was ever looked at.
    @Test func copiesOfNothingFollowedGo() throws {
        let bench = try BundleBench()
        try bench.write(try bench.bytes(try bench.writer()))
        var access = bench.access()
        access.keepsBundles = false
        _ = try bench.open(access)
        #expect(!bench.names.contains { $0.hasPrefix("state/source/prod-") }, "a plan")
        let other = "\(bench.folder.path)/other.site.tar"
        try FileManager.default.copyItem(atPath: bench.path, toPath: other)
        _ = try SiteSource(parsing: "\(other)#\(BundleBench.commit)").opened(bench.access())
        #expect(bench.names.contains { $0.hasPrefix("state/source/other-") })
        _ = try bench.open()
        #expect(!bench.names.contains { $0.hasPrefix("state/source/other-") }, "one that was applied by its commit")
        #expect(bench.names.contains { $0.hasPrefix("state/source/prod-") })
    }

    /// Under the lock it is asked again: another apply may have begun a later one since.
    @Test func theSequenceIsAskedAgain() throws {
        let bench = try BundleBench(), access = bench.access()
        try bench.write(try bench.bytes(try bench.writer()))
        let open = try bench.open(access)
        try access.checkSequence(of: open.source, made: open.made)
        var record = try SourceRecord(in: bench.state)
        try record.begin(String(repeating: "b", count: 40), made: BundleBench.made + 1, at: BundleBench.now)
        let fault = #expect(throws: SourceFault.self) { try access.checkSequence(of: open.source, made: open.made) }
        #expect(fault?.kind == .untrusted && fault?.hint?.contains("source accept") == true)
        try record.accept(BundleBench.commit)
        try access.checkSequence(of: open.source, made: open.made)
    }

    @Test func formsAreTold() {
        for (text, source) in [
            ("a.site.tar", .bundle(BundleSource(path: "a.site.tar"))),
            ("/x/a.site.tar#b", .bundle(BundleSource(path: "/x/a.site.tar", commit: "b"))),
            (".site.tar", .directory(".site.tar")), ("a.tar", .directory("a.tar")),
        ] as [(String, SiteSource)] {
            #expect(SiteSource(parsing: text) == source)
            #expect(source.text == text)
        }
        let fault = #expect(throws: SourceFault.self) {
            var access = SourceAccess()
            access.isWaived = true
            _ = try SiteSource(parsing: "ssh://example.org/prod.site.tar").opened(access)
        }
        #expect(fault?.kind == .usage && fault?.reason.contains("neither of this host nor on the web") == true)
        // A directory of such a name has another form with a commit.
        #expect(SiteSource.unsigned("d.site.tar").hint?.hasPrefix("d.site.tar/#HEAD") == true)
        #expect(
            SiteSource(parsing: "d.site.tar/#HEAD") == .commit(CommitSource(directory: "d.site.tar/", revision: "HEAD"))
        )
    }
}
