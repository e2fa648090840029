import Foundation
import Testing

/// A site with secrets is remembered too, under a seal: nothing of a secret is to be read beside the key, and a seal that does
/// not open is no cache.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct SealedCacheTests {
    private static let canary = "CANARY-7f3a9c-tale"
    private let site: String, identity: String, root: String

    private var folder: String { "\(root)/var/lib/lodestar" }

    init() throws {
        site = try Tool.site(
            """
            file:
              /etc/good: {content: "${{ secret('db') }}"}
              /etc/plain: {content: "plain\\n"}
              /etc/written: {initial: "x"}
            line:
              one: {path: /etc/hosts, text: "# ${{ secret('db') }}"}
            script:
              tool: {content: "#!/bin/sh\\n", version: "1"}
            command:
              guarded: {run: "/bin/false", require: ["file:/etc/plain"], unless: "/bin/sh -c 'test -s /etc/plain'", env: {TOKEN: "${{ secret('db') }}", OTHER: x}}
            """)
        root = try Tool.rootWithShell()
        identity = "\(site)/identity"
        #expect(Tool.run(["age-keygen", "-o", identity]).status == 0)
        try seal(Self.canary)
        for _ in 0..<100 where !FileManager.default.fileExists(atPath: "\(root)/var/lib/lodestar/settled.cache") {
            let result = Tool.lodestar("apply", site, "--root", root, "--identity", identity)
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            usleep(20_000)
        }
    }

    private func seal(_ text: String) throws {
        let key = try #require(try String(contentsOfFile: identity, encoding: .utf8).firstMatch(of: /age1[a-z0-9]+/)).0
        _ = Tool.run(["mkdir", "-p", "\(site)/secrets"])
        #expect(Tool.run(["age", "-r", String(key), "-o", "\(site)/secrets/db.age"], input: text).status == 0)
    }

    private func plan(_ words: String...) -> Tool.Result {
        Tool.run([Tool.binary, "plan", site, "--root", root, "--identity", identity, "--detailed-exit-code"] + words)
    }

    /// Whether a plan goes without reading the site's manifests as such: the memo was believed.
    private func isBelieved() throws -> Bool {
        let trace = try Tool.folder() + "/trace"
        let run = [
            "strace", "-f", "-e", "trace=openat,openat2", "-o", trace, Tool.binary, "plan", site, "--root", root,
        ]
        #expect(Tool.run(run + ["--identity", identity]).status == 0)
        return try !String(contentsOfFile: trace, encoding: .utf8).contains("\"good\", {flags=O_RDONLY")
    }

    @Test func nothingOfASecretIsInTheState() throws {
        #expect(try isBelieved())
        let settled = try Data(contentsOf: URL(filePath: "\(folder)/settled.cache"))
        let catalog = try Data(contentsOf: URL(filePath: "\(folder)/catalog.cache"))
        #expect(
            settled.starts(with: Data("lodestar sealed".utf8)) && catalog.starts(with: Data("lodestar sealed".utf8)))
        for name in ["settled.cache", "catalog.cache", "cache.key"] {
            #expect(Tool.run(["stat", "-c", "%a %u", "\(folder)/\(name)"]).output == "600 0\n")
        }
        let sum = Tool.run(["sh", "-c", "printf %s '\(Self.canary)' | sha256sum | cut -c1-64"]).output.dropLast()
        let base64 = Data(Self.canary.utf8).base64EncodedString().prefix(20)
        for word in [Self.canary, String(base64), String(sum)] {
            #expect(Tool.run(["grep", "-rlF", word, folder]).output == "")
        }
        let bytes = stride(from: 0, to: 64, by: 2).map { UInt8(sum.dropFirst($0).prefix(2), radix: 16) ?? 0 }
        for file in [settled, catalog] { #expect(file.range(of: Data(bytes)) == nil) }
    }

    /// The catalog comes from the cache, and what is a secret in it is one still.
    @Test func aRememberedSecretIsShownNowhere() throws {
        _ = Tool.run(["sh", "-c", "echo other > \(root)/etc/good; : > \(root)/etc/plain"])
        for words in [
            ["plan"], ["plan", "--format", "json"], ["plan", "--verify"], ["apply"], ["apply", "--verify"],
        ] {
            let result = Tool.run([Tool.binary] + words + [site, "--root", root, "--identity", identity])
            #expect(!(result.output + result.errors).contains("CANARY"), "\(words)")
            if words[0] == "plan" { #expect(result.output.contains("file:/etc/good"), "\(words)") }
        }
        #expect(try String(contentsOfFile: "\(root)/etc/good", encoding: .utf8) == Self.canary)
    }

    @Test func aKeyThatIsLostOrAnotherIsNoCache() throws {
        let key = "\(folder)/cache.key"
        for harm in ["rm \(key)", "head -c 32 /dev/urandom > \(key)", "head -c 31 /dev/urandom > \(key)", ": > \(key)"]
        {
            #expect(Tool.run(["sh", "-c", harm]).status == 0)
            #expect(try !isBelieved(), "\(harm)")
            for _ in 0..<100 where try !isBelieved() {
                #expect(Tool.lodestar("apply", site, "--root", root, "--identity", identity).status == 0)
            }
            #expect(try isBelieved(), "\(harm)")
        }
    }

    @Test func oneCacheIsNotAnother() throws {
        #expect(Tool.run(["cp", "\(folder)/catalog.cache", "\(folder)/settled.cache"]).status == 0)
        #expect(try !isBelieved())
    }

    @Test func anotherSecretIsADifference() throws {
        #expect(plan().status == 0 && plan("--verify").status == 0)
        try seal("CANARY-another")
        #expect(plan().status == 2 && plan("--verify").status == 2)
    }

    /// Who cannot read the secrets any more is told so, and not that all is well.
    @Test func anotherIdentityIsNoCache() throws {
        #expect(Tool.run(["sh", "-c", "rm \(identity); age-keygen -o \(identity)"]).status == 0)
        let result = plan()
        #expect(result.status != 0 && !result.output.contains("nothing to do"), "\(result.output)\(result.errors)")
    }
}
