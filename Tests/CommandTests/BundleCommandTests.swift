import Foundation
import Testing

/// Bundles, with the built binary.
@Suite struct BundleCommandTests {
    private struct Bench {
        let folder: String
        var bundle: String { "\(folder)/prod.site.tar" }
        var signers: String { "\(folder)/signers" }

        init() throws {
            folder = try Tool.folder()
            try shell(
                """
                ssh-keygen -q -t ed25519 -N '' -C '' -f key
                echo "ana@example.org $(cat key.pub)" > signers
                git init -q -b main r; mkdir -p r/prod/manifests
                echo 'site: test' > r/prod/site.yaml; echo 'file: {/etc/a: {content: one}}' > r/prod/manifests/a.yaml
                g add -A; g commit -q -m One
                """)
        }

        func shell(_ script: String) throws {
            let head = "cd '\(folder)'; g() { git -C r -c user.name=a -c user.email=a@b \"$@\"; }\n"
            let result = Tool.run(["bash", "-ec", head + script])
            try #require(result.status == 0, "\(result.errors)")
        }

        func bytes() throws -> Data { try Data(contentsOf: URL(filePath: bundle)) }
    }

    @Test func aCommitBecomesOneFile() throws {
        let bench = try Bench(), site = "\(bench.folder)/r#main:prod", key = "\(bench.folder)/key"
        let made = Tool.lodestar("bundle", site, "--out", bench.bundle, "--sign", key, "--expires", "30d")
        #expect(made.status == 0 && made.output.contains(" One, 2 files, ") && made.errors.isEmpty, "\(made)")
        let bytes = try bench.bytes()
        // Its own output is in nobody's way, even in the directory that it is made of.
        for _ in 1...2 {
            try bench.shell("cd r && '\(Tool.binary)' bundle prod --out prod/p.site.tar")
        }
        try bench.shell("rm r/prod/p.site.tar")
        // The same from the directory that has it checked out; unsigned and its signature come together again.
        let folder = "\(bench.folder)/r/prod"
        #expect(Tool.lodestar("bundle", folder, "--out", bench.bundle, "--sign", key, "--expires", "30d").status == 0)
        #expect(try bench.bytes() == bytes)
        try bench.shell("tar -xOf prod.site.tar BUNDLE.sig > sig")
        let unsigned = Tool.lodestar("bundle", site, "--out", bench.bundle, "--expires", "30d", "--format", "json")
        #expect(unsigned.status == 0 && unsigned.output.contains("\"key\": null"), "\(unsigned)")
        #expect(unsigned.errors.contains("note: nobody has signed it"))
        let words = ["--out", bench.bundle, "--signature", "\(bench.folder)/sig"]
        #expect(Tool.run([Tool.binary, "bundle", site, "--expires", "30d"] + words).status == 0)
        #expect(try bench.bytes() == bytes)
        let other = Tool.run([Tool.binary, "bundle", site, "--expires", "31d"] + words)
        #expect(other.status == 65 && other.errors.contains("found one of something else"), "\(other)")
        #expect(try bench.bytes() == bytes, "a bundle that could not be signed leaves the old one")
    }

    /// While the source does not answer, a bundle goes first: of whoever counts for the source, and of nobody else.
    @Test func aSeedGoesFirst() throws {
        let bench = try Bench(), root = "\(bench.folder)/root", site = "\(bench.folder)/r#main:prod"
        try FileManager.default.moveItem(atPath: try Tool.bareRoot(), toPath: root)
        try bench.shell("ssh-keygen -q -t ed25519 -N '' -C '' -f other")
        let words = "bootstrap --source https://127.0.0.1:9/x.git#main --signers signers --root root"
        for (key, seed, status, said) in [
            ("key", "", 69, "127.0.0.1"), ("other", " --seed prod.site.tar", 69, "nobody allows the key SHA256:"),
            ("key", " --seed prod.site.tar", 0, "the agent catches up"),
        ] as [(String, String, Int32, String)] {
            let made = Tool.lodestar("bundle", site, "--out", bench.bundle, "--sign", "\(bench.folder)/\(key)")
            try #require(made.status == 0)
            let result = Tool.run(["bash", "-c", "cd '\(bench.folder)' && exec '\(Tool.binary)' \(words)\(seed)"])
            #expect(result.status == status, "\(key)\(seed) \(result)")
            #expect((result.output + result.errors).contains(said), "\(key)\(seed) \(result)")
            #expect(FileManager.default.fileExists(atPath: "\(root)/etc/a") == (status == 0))
        }
        // A bundle that is not there yet is a source that does not answer; which one commit it is of cannot be followed.
        let empty = try Tool.bareRoot(), commit = String(repeating: "a", count: 40)
        for (source, status, said) in [
            ("no.site.tar", 0, "the agent catches up"), ("prod.site.tar#\(commit)", 64, "found one of one commit"),
            ("http://a.example/a.site.tar", 64, "plain http only leads to this very host"),
            ("https://127.0.0.1:9/a.site.tar", 0, "the agent catches up"),
        ] as [(String, Int32, String)] {
            let result = Tool.run([
                "bash", "-c",
                "cd '\(bench.folder)' && exec '\(Tool.binary)' bootstrap --source '\(source)' --signers signers --root '\(empty)' --seed prod.site.tar",
            ])
            #expect(result.status == status && (result.output + result.errors).contains(said), "\(source) \(result)")
        }
        #expect(FileManager.default.fileExists(atPath: "\(empty)/etc/a"))
        let history = Tool.lodestar("history", "--root", root).output
        #expect(history.contains(" One, signed by ana@example.org"), "\(history)")
    }

    /// An apply that opened an older bundle before another apply began a newer one is refused when its turn comes.
    @Test func twoAppliesLeadNoHostBack() throws {
        let bench = try Bench(), root = try Tool.bareRoot(), site = "\(bench.folder)/r#main:prod"
        func bundle() { _ = Tool.lodestar("bundle", site, "--out", bench.bundle, "--sign", "\(bench.folder)/key") }
        bundle()
        try bench.shell(
            """
            cp prod.site.tar old.site.tar; mkfifo identity
            echo 'file: {/etc/a: {content: two}}' > r/prod/manifests/a.yaml
            GIT_COMMITTER_DATE="$(date -d '+100 seconds' -R)" g commit -q -a -m Two
            """)
        bundle()
        // The first apply reads its identity from a pipe after it has opened its bundle; nobody can open that before.
        let result = Tool.run([
            "bash", "-c",
            """
            cd '\(bench.folder)'; words="--root \(root) --signers signers"
            timeout 60 '\(Tool.binary)' apply old.site.tar $words --identity identity > first 2>&1 & first=$!
            exec 3> identity
            '\(Tool.binary)' apply prod.site.tar $words 3>&- || exit 1
            exec 3>&-; wait $first; status=$?; cat first; exit $status
            """,
        ])
        #expect(result.status == 79 && result.output.contains("not older than what was begun"), "\(result)")
        #expect(try String(contentsOfFile: "\(root)/etc/a", encoding: .utf8) == "two")
        // Commits of a repository likewise.
        let three = try Tool.bareRoot()
        let commits = Tool.run([
            "bash", "-c",
            """
            cd '\(bench.folder)'; words="file://$PWD/r#main:prod --root \(three) --trust none"
            timeout 60 '\(Tool.binary)' apply $words --identity identity > first 2>&1 & first=$!
            exec 3> identity
            echo 'file: {/etc/a: {content: three}}' > r/prod/manifests/a.yaml
            git -C r -c user.name=a -c user.email=a@b commit -q -a -m Three
            '\(Tool.binary)' apply $words 3>&- || exit 1
            exec 3>&-; wait $first; status=$?; cat first; exit $status
            """,
        ])
        #expect(commits.status == 79 && commits.output.contains("it does not come from"), "\(commits)")
        #expect(try String(contentsOfFile: "\(three)/etc/a", encoding: .utf8) == "three")
    }

    @Test func itIsASiteEverywhere() throws {
        let bench = try Bench(), root = try Tool.bareRoot(), plan = "\(bench.folder)/plan.json"
        let site = "\(bench.folder)/r#main:prod", trust = ["--signers", bench.signers]
        func bundle() throws {
            let made = Tool.lodestar("bundle", site, "--out", bench.bundle, "--sign", "\(bench.folder)/key")
            try #require(made.status == 0, "\(made)")
        }
        try bundle()
        for (words, status, said) in [
            (["check", bench.bundle], 79, "expected --signers or --key for a bundle"),
            (["check", bench.bundle] + trust, 0, ""),
            (["source", "verify", bench.bundle] + trust, 0, "2 plain files, each with the bytes that the list says"),
            (["plan", bench.bundle, "--root", root, "--out", plan] + trust, 0, " One, signed by ana@example.org"),
            (["apply", plan] + trust, 0, "1 changed"),
            (["history", "--root", root], 0, " One, signed by ana@example.org"),
            (["source", "update", bench.bundle, "--root", root] + trust, 0, "prod.site.tar: current"),
            (["source", "status", bench.bundle, "--root", root], 0, "signed by ana@example.org"),
            (["secret", "rekey", bench.bundle], 64, "found a commit or a bundle"),
            (["plan", "\(bench.bundle)#main", "--root", root] + trust, 64, "expected the 40 digits of a commit"),
            (["plan", "\(bench.folder)/no.site.tar", "--root", root] + trust, 66, "expected a bundle, found no file"),
            (["plan", "https://localhost/a.site.tar"] + trust, 69, "cannot connect to 127.0.0.1 port 443"),
            (["bundle", site, "--out", "\(bench.folder)/a.tar"], 64, "ends with .site.tar"),
        ] as [([String], Int32, String)] {
            let result = Tool.run([Tool.binary] + words)
            #expect(result.status == status, "\(words) \(result)")
            #expect(said.isEmpty || (result.output + result.errors).contains(said), "\(words) \(result)")
        }
        // A later commit; the plan of the first one is not for it, and an older bundle is refused.
        try bench.shell(
            """
            cp prod.site.tar old.site.tar; sleep 1; echo 'file: {/etc/a: {content: two}}' > r/prod/manifests/a.yaml
            g commit -q -a -m Two
            """)
        let old = "\(bench.folder)/old.site.tar"
        try bundle()
        #expect(Tool.run([Tool.binary, "apply", plan] + trust).status == 65)
        let difference = Tool.run([Tool.binary, "fleet", "diff", "\(old)..\(bench.bundle)"] + trust)
        #expect(difference.status == 0, "\(difference)")
        #expect(Tool.run([Tool.binary, "apply", bench.bundle, "--root", root] + trust).status == 0)
        let back = Tool.run([Tool.binary, "apply", old, "--root", root] + trust)
        #expect(back.status == 79 && back.errors.contains("not older than what was begun"), "\(back)")
        #expect(try String(contentsOfFile: "\(root)/etc/a", encoding: .utf8) == "two")
        // Edits that nobody has committed are in no bundle.
        try bench.shell("echo more > r/prod/extra")
        let edited = Tool.lodestar("bundle", "\(bench.folder)/r/prod", "--out", bench.bundle)
        #expect(edited.status == 65 && edited.errors.contains("found others: extra"), "\(edited)")
    }
}
