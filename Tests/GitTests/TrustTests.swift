import Foundation
import Model
import Signatures
import TestSupport
import Testing
import Values

@testable import Git

/// Forged and hostile commits and tags, each with what refuses it. The good ones are git's own.
@Suite struct TrustTests {
    private static let now: Int64 = 1_798_761_600
    private static let made: Int64 = 1_790_000_000

    /// A repository with a site, and keys.
    private struct Bench {
        let git: GitBench
        let keygen = Keygen()
        let key: (file: String, line: String)
        let other: (file: String, line: String)
        let tree: String
        let parent: String

        init() throws {
            git = try GitBench()
            key = try keygen.key("ed25519")
            other = try keygen.key("ed25519")
            try git.write("site: test\n", to: "site.yaml")
            parent = "\(try git.commit())"
            tree = try git.git("rev-parse", "HEAD^{tree}")
        }

        func policy(
            _ signers: String? = nil, keys: [String] = [], revoked: String? = nil
        ) throws -> TrustPolicy {
            var diagnostics = Diagnostics()
            let text = signers ?? "ana \(key.line)\n"
            let policy = TrustPolicy(
                signers: text.isEmpty
                    ? nil : AllowedSigners(parsing: Array(text.utf8), path: "signers", into: &diagnostics),
                keys: Set(keys.compactMap { SigningKey(line: $0)?.fingerprint }),
                revoked: revoked.map { RevokedKeys(parsing: Array($0.utf8), path: "revoked", into: &diagnostics) })
            try #require(!diagnostics.hasErrors)
            return policy
        }

        /// The lines of a commit; `signature` stands for where the signature goes.
        func head(_ tree: String? = nil, time: Int64 = TrustTests.made, after lines: String = "", before: String = "")
            -> String
        {
            "tree \(tree ?? self.tree)\nparent \(parent)\n\(before)author a <a@b> \(time) +0000\ncommitter a <a@b> \(time) +0000\n\(lines)"
        }

        func folded(_ signature: [UInt8]) -> String {
            "gpgsig " + String(decoding: signature, as: UTF8.self).split(separator: "\n").joined(separator: "\n ")
                + "\n"
        }

        /// A commit with a signature of its payload, by default a good one.
        func commit(
            _ head: String? = nil, tail: String = "", message: String = "\nx\n", by file: String? = nil,
            namespace: String = "git", signing payload: String? = nil,
            changing change: ([UInt8]) -> [UInt8] = { $0 }
        ) throws -> String {
            let head = head ?? self.head(), payload = payload ?? head + tail + message
            let signature = try keygen.signature(of: Array(payload.utf8), by: file ?? key.file, namespace: namespace)
            let text = head + folded(change(signature)) + tail + message
            return try git.object("commit", Array(text.utf8))
        }

        func tag(
            of id: String, type: String = "commit", named name: String = "v1", lines: String = "",
            by file: String? = nil,
            namespace: String = "git", isSigned: Bool = true, again: Bool = false
        ) throws -> String {
            let payload =
                "object \(id)\ntype \(type)\ntag \(name)\ntagger a <a@b> \(TrustTests.made) +0000\n\(lines)\nx\n"
            var text = Array(payload.utf8)
            for _ in 0..<(isSigned ? again ? 2 : 1 : 0) {
                text += try keygen.signature(of: text, by: file ?? key.file, namespace: namespace)
            }
            return try git.object("tag", text)
        }

        func ref(_ name: String, _ id: String) throws -> String {
            try git.write("\(id)\n", to: ".git/\(name)")
            return name
        }
    }

    private func verdicts(_ bench: Bench, _ revision: String, _ policy: TrustPolicy? = nil) throws -> [Verdict] {
        let candidate = try GitCandidate(CommitSource(directory: bench.git.repository, revision: revision))
        return candidate.verdicts(by: try policy ?? bench.policy(), now: Self.now)
    }

    private func refusal(_ bench: Bench, _ revision: String, _ policy: TrustPolicy? = nil) throws -> Verdict.Refusal? {
        let verdicts = try verdicts(bench, revision, policy)
        // Whatever is not refused must be trusted, and the other way.
        for verdict in verdicts { #expect(verdict.isTrusted == (verdict.refusal == nil)) }
        return verdicts.lazy.compactMap(\.refusal).first
    }

    @Test func whatGitSignsIsTrusted() throws {
        let bench = try Bench(), git = bench.git
        for (name, value) in [
            ("gpg.format", "ssh"), ("user.signingkey", bench.key.file), ("commit.gpgsign", "true"),
            ("tag.gpgsign", "true"),
        ] {
            try git.git("config", name, value)
        }
        try git.write("1", to: "a")
        try git.commit()
        try git.git("tag", "-m", "x", "v1")
        try git.git("checkout", "-q", "-b", "side", "HEAD~1")
        try git.write("2", to: "b")
        try git.git("add", "-A")
        try git.git("-c", "i18n.commitEncoding=ISO-8859-1", "commit", "-q", "-m", "é")
        try git.git("tag", "-m", "y", "side-1")
        try git.git("checkout", "-q", "main")
        // With the line `mergetag`.
        try git.git("merge", "-q", "--no-edit", "side-1")
        #expect(try git.git("cat-file", "commit", "HEAD").contains("mergetag object"))
        #expect(try git.git("cat-file", "commit", "side").contains("encoding ISO-8859-1"))
        for revision in ["main", "v1", "side", "side-1", "HEAD^2", try git.git("rev-parse", "v1")] {
            let verdicts = try verdicts(bench, revision)
            #expect(!verdicts.contains { !$0.isTrusted }, "\(revision) \(verdicts)")
            #expect(verdicts.count == (revision.contains("v1") || revision == "side-1" || revision.count == 40 ? 2 : 1))
            #expect(verdicts.first?.signer == "ana")
        }
        #expect(try refusal(bench, "main~1^1") == .unsigned)
    }

    @Test(arguments: [("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 3072)])
    func everyTypeOfKeySigns(type: String, bits: Int) throws {
        let bench = try Bench(), key = try bench.keygen.key(type, bits: bits), id = try bench.commit(by: key.file)
        #expect(try refusal(bench, id, bench.policy("bob \(key.line)\n")) == nil)
        #expect(try refusal(bench, id, bench.policy("", keys: [key.line])) == nil)
        #expect(try refusal(bench, id) == .unknownKey)
    }

    @Test func whoseKeyItIsDecides() throws {
        let bench = try Bench(), id = try bench.commit(), key = bench.key.line, other = bench.other.line
        for (policy, wanted) in [
            (try bench.policy(), nil), (try bench.policy("", keys: [key]), nil),
            (try bench.policy("ana \(other)\n", keys: [key]), nil), (try bench.policy("ana \(other)\n"), .unknownKey),
            (try bench.policy("", keys: [other]), .unknownKey), (try bench.policy(revoked: key), .revoked),
            (try bench.policy("", keys: [key], revoked: "# lost\n\(key) x\n"), .revoked),
            (try bench.policy(revoked: other), nil),
            (try bench.policy(revoked: "\(try #require(SigningKey(line: key)).fingerprint) lost"), .revoked),
            (try bench.policy("ana namespaces=\"file\" \(key)\n"), .unknownKey),
            (try bench.policy("ana cert-authority \(key)\n"), .unknownKey),
            // Now, and at the committer's date (2026-09-21), it must be allowed.
            (try bench.policy("ana valid-before=\"20261201Z\" \(key)\n"), .validity),
            (try bench.policy("ana valid-after=\"20270201Z\" \(key)\n"), .validity),
            (try bench.policy("ana valid-after=\"20261001Z\" \(key)\n"), .validity),
            (try bench.policy("ana valid-after=\"20260101Z\",valid-before=\"20280101Z\" \(key)\n"), nil),
            // A date in the future does not help a key that has ended.
        ] as [(TrustPolicy, Verdict.Refusal?)] {
            #expect(try refusal(bench, id, policy) == wanted, "\(policy)")
        }
        let late = try bench.commit(bench.head(time: 1_900_000_000))
        #expect(try refusal(bench, late, bench.policy("ana valid-before=\"20280101Z\" \(key)\n")) == .validity)
    }

    /// Each is good but for one thing.
    @Test func forgedCommitsAreRefused() throws {
        let bench = try Bench(), head = bench.head(), good = try bench.commit()
        #expect(try refusal(bench, good) == nil)
        let signature = try bench.keygen.signature(of: Array("\(head)\nx\n".utf8), by: bench.key.file)
        let text = String(decoding: signature, as: UTF8.self), lines = bench.folded(signature)
        func raw(_ text: String) throws -> String { try bench.git.object("commit", Array(text.utf8)) }
        func armored(_ change: @escaping (inout [UInt8]) -> Void) throws -> String {
            try bench.commit(changing: {
                var blob = Keygen.blob(of: $0)
                change(&blob)
                return Keygen.armor(blob)
            })
        }
        let short = try bench.keygen.key("rsa", bits: 1024)
        let rows: [(String, String, Verdict.Refusal)] = [
            ("unsigned", try raw("\(head)\nx\n"), .unsigned),
            ("another key", try bench.commit(by: bench.other.file), .unknownKey),
            ("another namespace", try bench.commit(namespace: "file"), .signature),
            ("a short key", try bench.commit(by: short.file), .signature),
            ("signature of another commit", try raw("\(bench.head(time: 1_790_000_001))\(lines)\nx\n"), .signature),
            ("another message", try raw("\(head)\(lines)\ny\n"), .signature),
            ("a longer message", try raw("\(head)\(lines)\nx\n\n"), .signature),
            ("another tree", try raw("\(bench.head(bench.parent))\(lines)\nx\n"), .signature),
            ("one more parent", try raw("\(bench.head(before: "parent \(bench.parent)\n"))\(lines)\nx\n"), .signature),
            ("an encoding put in", try raw("\(head)encoding x\n\(lines)\nx\n"), .signature),
            ("two signatures", try raw("\(head)\(lines)\(lines)\nx\n"), .form),
            ("two signatures, the second one folded in", try raw("\(head)\(lines) \(text)\nx\n"), .form),
            (
                "signature before the committer", try raw("tree \(bench.tree)\n\(lines)\(head.dropFirst(46))\nx\n"),
                .form
            ),
            ("something behind the signature", try bench.commit(tail: "encoding x\n"), .form),
            ("signature of another hash too", try bench.commit(head + "gpgsig-sha256 x\n"), .form),
            ("the same behind", try bench.commit(tail: "gpgsig-sha256 x\n"), .form),
            ("a line that git has not", try bench.commit(head + "x-note y\n"), .form),
            ("NUL in the head", try bench.commit(bench.head(after: "encoding a\u{0}b\n")), .form),
            ("NUL in the message", try bench.commit(message: "\nx\u{0}y\n"), .form),
            ("two encodings", try bench.commit(bench.head(after: "encoding a\nencoding b\n")), .form),
            ("two trees", try bench.commit("tree \(bench.parent)\n" + head), .form),
            ("a folded tree", try bench.commit(head.replacing("parent", with: " parent")), .form),
            ("parent behind the author", try bench.commit(bench.head(after: "parent \(bench.parent)\n")), .form),
            ("a date with a zero", try bench.commit(head.replacing("> 179", with: "> 0179")), .form),
            ("a date below zero", try bench.commit(head.replacing("> 179", with: "> -179")), .form),
            ("no zone", try bench.commit(head.replacing(" +0000\n", with: "\n")), .form),
            ("no address", try bench.commit(head.replacing("<a@b>", with: "a@b")), .form),
            ("carriage returns", try bench.commit(head.replacing("\n", with: "\r\n")), .form),
            (
                "PGP",
                try bench.commit(changing: { _ in
                    Array("-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n".utf8)
                }), .signature
            ),
            (
                "X.509",
                try bench.commit(changing: { _ in
                    Array("-----BEGIN SIGNED MESSAGE-----\nAAAA\n-----END SIGNED MESSAGE-----\n".utf8)
                }), .signature
            ),
            ("an end that is cut", try bench.commit(changing: { Array($0.dropLast(10)) }), .signature),
            ("something behind the end", try bench.commit(changing: { $0 + Array("x\n".utf8) }), .signature),
            (
                "an empty line",
                try bench.commit(changing: {
                    Array(
                        String(decoding: $0, as: UTF8.self).replacing("NATURE-----\nU", with: "NATURE-----\n\t\nU").utf8
                    )
                }), .signature
            ),
            ("bytes behind the signature", try armored { $0.append(0) }, .signature),
            ("a signature that is cut", try armored { $0.removeLast() }, .signature),
            ("version 2", try armored { $0[9] = 2 }, .signature), ("version 0", try armored { $0[9] = 0 }, .signature),
            ("another magic", try armored { $0[0] ^= 1 }, .signature),
            ("a bit of the signature", try armored { $0[$0.count - 5] ^= 4 }, .signature),
            ("a bit of the key", try armored { $0[40] ^= 1 }, .signature),
        ]
        for (name, id, wanted) in rows {
            do {
                #expect(try refusal(bench, id) == wanted, "\(name)")
            } catch let fault as SourceFault {
                // What is not even read as a commit is refused before.
                #expect(fault.kind == .refused && wanted == .form, "\(name): \(fault)")
            }
        }
        #expect(rows.count >= 40)
    }

    @Test func tagsThatSaySomethingElseAreRefused() throws {
        let bench = try Bench(), good = try bench.commit()
        let plain = try bench.git.object("commit", Array("\(bench.head())\nx\n".utf8))
        func wanted(_ name: String, _ id: String, _ refusal: Verdict.Refusal?, _ comment: String) throws {
            #expect(try self.refusal(bench, try bench.ref(name, id)) == refusal, "\(comment)")
        }
        let tag = try bench.tag(of: good)
        try wanted("refs/tags/v1", tag, nil, "good")
        try wanted("refs/tags/light", good, nil, "no object of its own")
        try wanted("refs/tags/v2", tag, .mismatch, "another name")
        try wanted("refs/heads/v1x", tag, .mismatch, "a branch of it")
        try wanted("refs/tags/V1", tag, .mismatch, "letter case")
        try wanted(
            "refs/tags/plain", try bench.tag(of: plain, named: "plain"), .unsigned, "of a commit without signature")
        try wanted("refs/tags/u", try bench.tag(of: good, named: "u", isSigned: false), .unsigned, "unsigned")
        try wanted("refs/tags/o", try bench.tag(of: good, named: "o", by: bench.other.file), .unknownKey, "another key")
        try wanted("refs/tags/n", try bench.tag(of: good, named: "n", namespace: "file"), .signature, "namespace")
        try wanted("refs/tags/two", try bench.tag(of: good, named: "two", again: true), .form, "two signatures")
        try wanted("refs/tags/x", try bench.tag(of: good, named: "x", lines: "gpgsig x\n"), .form, "a line")
        try wanted("refs/tags/tt", try bench.tag(of: tag, type: "tag", named: "tt"), .form, "of a tag")
        try wanted("refs/tags/lie", try bench.tag(of: good, type: "tag", named: "lie"), .form, "of what is no tag")
        let tree = try bench.ref("refs/tags/tree", try bench.tag(of: bench.tree, type: "tree", named: "tree"))
        #expect { try refusal(bench, tree) } throws: { ($0 as? SourceFault)?.kind == .refused }
    }

    @Test func whatLiesBesideTheObjectsDoesNotHelp() throws {
        let bench = try Bench(), good = try bench.commit(), repository = bench.git.repository
        let plain = try bench.git.object("commit", Array("\(bench.head())\nx\n".utf8))
        try bench.git.git("replace", "-f", plain, good)
        try bench.git.write("\(plain) \(good)\n", to: ".git/info/grafts")
        for (name, value) in [
            ("gpg.program", "/bin/true"), ("gpg.ssh.program", "/bin/true"), ("gpg.ssh.allowedSignersFile", "/dev/null"),
        ] {
            try bench.git.git("config", name, value)
        }
        #expect(try refusal(bench, plain) == .unsigned)
        // The bytes of one commit under the name of another, here and in what the repository borrows from.
        func place(_ id: String, _ folder: String) -> String { "\(folder)/\(id.prefix(2))/\(id.dropFirst(2))" }
        let objects = "\(repository)/.git/objects", borrowed = bench.git.folder.path + "/borrowed"
        for folder in [objects, borrowed] {
            let target = place(plain, folder)
            try? FileManager.default.removeItem(atPath: place(plain, objects))
            try FileManager.default.createDirectory(
                atPath: URL(filePath: target).deletingLastPathComponent().path, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: place(good, objects), toPath: target)
            if folder == borrowed { try bench.git.write("\(borrowed)\n", to: ".git/objects/info/alternates") }
            #expect { try refusal(bench, plain) } throws: { ($0 as? SourceFault)?.kind == .refused }
        }
    }

    /// A good signature over what is no site.
    @Test func aSignatureMakesNoSite() throws {
        let bench = try Bench(), blob = try bench.git.git("rev-parse", "HEAD:site.yaml")
        for (mode, name) in [("120000", "l"), ("160000", "m"), ("100644", ".."), ("100644", ".GIT"), ("100664", "x")] {
            let id = mode == "160000" ? bench.parent : blob
            let bytes = Array("\(mode) \(name)\0".utf8) + (GitID(id)?.bytes ?? [])
            let commit = try bench.commit(bench.head(try bench.git.object("tree", bytes)))
            #expect(try refusal(bench, commit) == nil)
            let candidate = try GitCandidate(CommitSource(directory: bench.git.repository, revision: commit))
            #expect { try candidate.site() } throws: { ($0 as? SourceFault)?.kind == .refused }
        }
        let signed = try GitCandidate(CommitSource(directory: bench.git.repository, revision: bench.commit()))
        #expect(try signed.site(signedBy: "ana").revision == "\(signed.commit.prefix(12)) x, signed by ana")
    }
}
