import Foundation
import Testing

/// Sites from commits, with the built binary.
@Suite struct CommitSiteTests {
    /// A repository with a site, its first commit and another one.
    private struct Bench {
        let folder: String
        var repository: String { "\(folder)/r" }

        init() throws {
            folder = try Tool.folder()
            try git("init", "-q", "-b", "main", repository)
            try write("site: test\n", to: "site.yaml")
            try write("hosts: {web: {}}\n", to: "inventory/hosts.yaml")
            try write("{\"id\": \"web\", \"os\": {\"id\": \"one\"}}", to: "facts/web.json")
            try write("file: {/etc/a: {owner: \"${{ facts.os.id }}\"}}\n", to: "manifests/base.yaml")
            try commit("One")
            try write("{\"id\": \"web\", \"os\": {\"id\": \"two\"}}", to: "facts/web.json")
            try commit("Two")
        }

        func git(_ words: String...) throws {
            let identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
            let place = FileManager.default.fileExists(atPath: repository) ? repository : folder
            let result = Tool.run(["git", "-C", place] + identity + words)
            try #require(result.status == 0, "\(result.errors)")
        }

        func write(_ text: String, to path: String) throws {
            let place = URL(filePath: "\(repository)/\(path)")
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: place)
        }

        func commit(_ subject: String) throws {
            try git("add", "-A")
            try git("commit", "-q", "-m", subject)
        }
    }

    @Test func everythingOfTheSiteComesFromTheCommit() throws {
        let bench = try Bench()
        try bench.write("{\"id\": \"web\", \"os\": {\"id\": \"three\"}}", to: "facts/web.json")
        for (source, word) in [("#main~1", "one"), ("#main", "two"), ("", "three")] {
            let result = Tool.lodestar("catalog", bench.repository + source, "--host", "web")
            #expect(result.status == 0 && result.output.contains("\"owner\": \"\(word)\""), "\(source) \(result)")
        }
    }

    @Test func aSavedPlanIsOfItsCommit() throws {
        let bench = try Bench(), root = try Tool.bareRoot(), plan = "\(bench.folder)/plan.json"
        try bench.write("file: {/etc/a: {content: planned}}\n", to: "manifests/base.yaml")
        try bench.commit("Planned")
        #expect(Tool.lodestar("plan", "\(bench.repository)#main", "--root", root, "--out", plan).status == 0)
        try bench.write("file: {/etc/a: {content: later}}\n", to: "manifests/base.yaml")
        try bench.commit("Later")
        #expect(Tool.lodestar("apply", plan).status == 0)
        #expect(try String(contentsOfFile: "\(root)/etc/a", encoding: .utf8) == "planned")
        let history = Tool.lodestar("history", "--root", root).output
        #expect(history.contains(" Planned  "), "\(history)")
        // The cache of one commit is not that of another.
        for word in ["later", "later"] {
            #expect(Tool.lodestar("apply", "\(bench.repository)#main", "--root", root).status == 0)
            #expect(try String(contentsOfFile: "\(root)/etc/a", encoding: .utf8) == word)
        }
    }

    @Test func aDirectoryOfThatNameWins() throws {
        let bench = try Bench()
        let site = try Tool.site("file: {/etc/a: {content: directory}}\n"), twin = "\(bench.repository)#main"
        try FileManager.default.moveItem(atPath: site, toPath: twin)
        let result = Tool.lodestar("catalog", twin, "--host", "web")
        #expect(result.status == 0 && result.output.contains("\"revision\": \"\(twin)\""), "\(result)")
    }

    @Test func mistakesAreTold() throws {
        let bench = try Bench(), r = bench.repository
        for (source, status, words) in [
            ("\(r)#mian", 66, "did you mean `main`?"), ("\(r)#--x", 64, "behind `#`, found `--x`"),
            ("\(r)#main:..", 64, "behind `:`, found `..`"), ("\(r)#main:no", 66, "expected the folder `no`"),
            ("\(r)x#main", 66, "expected the directory of a git repository"),
            ("\(r)/facts#main", 66, "\(r)#main:facts"),
        ] as [(String, Int32, String)] {
            let result = Tool.lodestar("check", source)
            #expect(result.status == status && result.errors.contains(words), "\(result)")
        }
        for words in [["secret", "rekey"], ["secret", "edit", "x"], ["ssh", "revoke", "--serial", "1"]] {
            let result = Tool.run([Tool.binary] + words + ["\(r)#main"], input: "x")
            #expect(result.status == 64 && result.errors.contains("found a commit"), "\(result)")
        }
    }

    /// With --signers a commit counts by its signature, and 79 says that it does not.
    @Test func aCommitIsTakenByItsSignature() throws {
        let bench = try Bench(), root = try Tool.bareRoot(), key = "\(bench.folder)/key", r = bench.repository
        #expect(Tool.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key]).status == 0)
        let line = try String(contentsOfFile: "\(key).pub", encoding: .utf8).trimmingCharacters(in: .newlines)
        let fingerprint = Tool.run(["ssh-keygen", "-l", "-f", key]).output.split(separator: " ")[1]
        let signers = "\(bench.folder)/signers", revoked = "\(bench.folder)/revoked", empty = "\(bench.folder)/empty"
        try "ana@example.org namespaces=\"git\" \(line)\n".write(toFile: signers, atomically: true, encoding: .utf8)
        try "\(fingerprint) lost\n".write(toFile: revoked, atomically: true, encoding: .utf8)
        try "".write(toFile: empty, atomically: true, encoding: .utf8)
        try bench.write("file: {/etc/a: {content: signed}}\n", to: "manifests/base.yaml")
        try bench.git("add", "-A")
        try bench.git("-c", "gpg.format=ssh", "-c", "user.signingkey=\(key)", "commit", "-q", "-S", "-m", "Signed")
        for (words, status, said) in [
            (["\(r)#main", "--signers", signers], 0, " Signed, signed by ana@example.org"),
            (["\(r)#main", "--key", "\(fingerprint)"], 0, " Signed, signed by SHA256:"),
            (["\(r)#main", "--trust", "none"], 0, " Signed\n"),
            (["\(r)#main", "--signers", signers, "--revoked", revoked], 79, "the key is revoked in"),
            (["\(r)#main~1", "--signers", signers], 79, "the commit bears no signature"),
            (["\(r)", "--signers", signers], 79, "found a directory, which bears no signature"),
            (["\(r)#main", "--signers", empty], 65, "\(empty):1:1: error: expected allowed signers, found none"),
            (["\(r)#main", "--signers", "\(empty)x"], 66, "expected allowed signers, found no file"),
            (
                ["\(r)#main", "--signers", signers, "--revoked", "\(empty)x"], 66,
                "expected revoked keys, found no file"
            ),
            (["\(r)#main", "--key", "x"], 64, "a fingerprint such as SHA256"),
            (["\(r)#main", "--revoked", revoked], 64, "--signers or --key with --revoked"),
            (["\(r)#main", "--trust", "none", "--signers", signers], 64, "without --signers"),
        ] as [([String], Int32, String)] {
            for verb in ["plan", "apply"] {
                let result = Tool.run([Tool.binary, verb] + words + ["--root", root])
                #expect(result.status == status, "\(words) \(result)")
                if status == 0, verb == "apply" { continue }
                #expect((result.output + result.errors).contains(said), "\(words) \(result)")
            }
        }
        let history = Tool.lodestar("history", "--root", root).output
        #expect(history.contains("Signed, signed by ana@example.org"), "\(history)")
        let verdict = Tool.lodestar("source", "verify", "\(r)#main", "--signers", signers)
        #expect(verdict.status == 0 && verdict.output.hasSuffix("\ntrusted: signed by ana@example.org\n"), "\(verdict)")
        let refused = Tool.lodestar("source", "verify", "\(r)#main~1", "--signers", signers, "--format", "json")
        #expect(refused.status == 79 && refused.output.contains("\"refusal\": \"unsigned\""), "\(refused)")
        #expect(Tool.lodestar("source", "verify", "\(r)#main").status == 79)
        // A file that others may write decides nothing.
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: signers)
        #expect(Tool.lodestar("plan", "\(r)#main", "--root", root, "--signers", signers).status == 79)
    }
}
