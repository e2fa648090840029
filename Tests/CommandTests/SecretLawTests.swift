import Foundation
import Testing

/// What is or was a secret is in its own file and nowhere else, whatever becomes of the object.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct SecretLawTests {
    static let old = "CANARY-old-51c2", new = "CANARY-new-93f7"

    /// Each type that takes a secret and keeps it in a file: with one, without one, and where.
    struct Holder: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var secret: String
        var plain: String
        var file: String
        /// Replaces the secret where a person changed the file.
        var drift = "s/CANARY/DRIFTED-CANARY/"
    }

    static let holders = [
        Holder(
            testDescription: "file", secret: #"file: {/etc/app.conf: {content: "p=${{ secret('db') }}\n"}}"#,
            plain: #"file: {/etc/app.conf: {content: "p=none\n"}}"#, file: "/etc/app.conf"),
        Holder(
            testDescription: "line",
            secret: ##"line: {token: {path: /etc/hosts, text: "# ${{ secret('db') }}", match: "^# "}}"##,
            plain: ##"line: {token: {path: /etc/hosts, text: "# none", match: "^# "}}"##, file: "/etc/hosts"),
        Holder(
            testDescription: "unit",
            secret: #"service: {app: {unit: "[Service]\nExecStart=/bin/true\nEnvironment=T=${{ secret('db') }}\n"}}"#,
            plain: #"service: {app: {unit: "[Service]\nExecStart=/bin/true\n"}}"#,
            file: "/etc/systemd/system/app.service"),
        Holder(
            testDescription: "schedule",
            secret: #"schedule: {app: {every: 1h, argv: [/bin/true], env: {T: "${{ secret('db') }}"}}}"#,
            plain: #"schedule: {app: {every: 1h, argv: [/bin/true]}}"#, file: "/etc/lodestar/schedules.d/app.json"),
        Holder(
            testDescription: "script",
            secret: ##"script: {app: {path: /etc/app.sh, content: "#!/bin/sh\n# ${{ secret('db') }}\n"}}"##,
            plain: ##"script: {app: {path: /etc/app.sh, content: "#!/bin/sh\n# none\n"}}"##, file: "/etc/app.sh"),
        Holder(
            testDescription: "two lines of one file",
            secret:
                ##"line: {token: {path: /etc/hosts, text: "# ${{ secret('db') }}", match: "^# "}, more: {path: /etc/hosts, text: "192.0.2.1 a"}}"##,
            plain: ##"line: {more: {path: /etc/hosts, text: "192.0.2.2 a", match: " a$"}}"##, file: "/etc/hosts"),
        Holder(
            testDescription: "file that a line edits",
            secret: #"{file: {/etc/app.conf: {content: "p=${{ secret('db') }}\n", mode: "0640"}}}"#,
            plain: #"{line: {p: {path: /etc/app.conf, text: "p=none", match: "^p="}}}"#, file: "/etc/app.conf"),
    ]

    private func expectNothing(_ said: String, _ root: String, _ holder: Holder, _ when: String) throws {
        for form in [Self.old, Self.new].flatMap({ SecretSite.forms(of: $0) }) {
            #expect(!said.contains(form), "\(holder.testDescription), \(when): said \(form)")
            let found = Tool.run(["grep", "-rlaiF", form, root]).output.split(separator: "\n")
            #expect(found.allSatisfy { $0 == root + holder.file }, "\(holder.testDescription), \(when): \(found)")
        }
    }

    @Test(arguments: holders) func aSecretIsNowhereElse(_ holder: Holder) throws {
        let site = try SecretSite(holder.secret, secret: Self.old), root = try Tool.bareRoot()
        let file = root + holder.file
        for folder in ["etc/lodestar/schedules.d", "etc/systemd/system"] {
            try FileManager.default.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
        }
        func look(_ when: String) throws { try expectNothing(site.said(root), root, holder, when) }
        try look("create")
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains(Self.old))
        #expect(Tool.run(["sed", "-i", holder.drift, file]).status == 0)
        try look("drift")
        #expect(Tool.run(["chmod", "0666", file]).status == 0)
        try look("chmod")
        if holder.testDescription != "line" && holder.testDescription != "two lines of one file" {
            let mode = try #require(FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int)
            #expect(mode & 0o007 == 0, "others may read it: \(String(mode, radix: 8))")
        }
        try site.rotate(to: Self.new)
        try look("rotation")
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains(Self.new))
        try site.declare(holder.plain)
        try look("plain")
        #expect(try !String(contentsOfFile: file, encoding: .utf8).contains(Self.new))
        try site.declare(holder.secret)
        try look("secret again")
        try site.declare("file: {/etc/other: {content: x}}")
        try look("un-declared")
        if ["file", "schedule", "script"].contains(holder.testDescription) {
            #expect(!FileManager.default.fileExists(atPath: file))
        }
    }

    /// A declaration that says nothing of the content leaves the secret where it is.
    @Test(arguments: [
        [
            "file: {/etc/app.conf: {content: \"p=${{ secret('db') }}\\n\"}}", "file: {/etc/app.conf: {mode: '0640'}}",
            "file: {/etc/app.conf: {owner: root}}", "file: {/etc/app.conf: {content: \"p=none\\n\"}}",
        ],
        [
            "service: {app: {unit: \"[Service]\\nExecStart=/bin/true ${{ secret('db') }}\\n\"}}",
            "service: {app: {enabled: false}}",
            "line: {l: {path: /etc/systemd/system/app.service, text: '# more'}}",
        ],
        [
            "{directory: {/etc/d: {}}, file: {/etc/d/app.conf: {content: \"p=${{ secret('db') }}\\n\"}}}",
            "directory: {/etc/d: {recurse: tree}}",
        ],
        [
            "{directory: {/etc/d: {}, /etc/d/e: {}}, file: {/etc/d/e/app: {content: \"p=${{ secret('db') }}\\n\"}}}",
            "{directory: {/etc/d/e: {}}, file: {/etc/d/e/app: {mode: '0600'}}}",
            "directory: {/etc/d: {recurse: tree}}",
        ],
    ])
    func aSecretThatIsLeftIsStillASecret(_ manifests: [String]) throws {
        let site = try SecretSite(manifests[0], secret: Self.old), root = try Tool.bareRoot()
        try FileManager.default.createDirectory(atPath: "\(site.path)/files/tree/e", withIntermediateDirectories: true)
        for name in ["app.conf", "e/app"] {
            try "plain\n".write(toFile: "\(site.path)/files/tree/\(name)", atomically: true, encoding: .utf8)
        }
        for manifest in manifests {
            try site.declare(manifest)
            let said = site.said(root)
            for form in SecretSite.forms(of: Self.old) {
                #expect(!said.contains(form), "\(manifest): said \(form)")
                let found = Tool.run(["grep", "-rlaiF", form, "\(root)/var"]).output
                #expect(found.isEmpty, "\(manifest): \(form) is in \(found)")
            }
        }
    }

    @Test func anUndeclaredSecretLineGoesWithoutItsText() throws {
        let manifest = ##"line: {token: {path: /etc/hosts, text: "# ${{ secret('db') }}"}}"##
        let site = try SecretSite(manifest, secret: Self.old), root = try Tool.bareRoot()
        _ = site.said(root)
        let hosts = "\(root)/etc/hosts"
        let before = try String(contentsOfFile: hosts, encoding: .utf8)
        try (before + "\n# another\n").write(toFile: hosts, atomically: true, encoding: .utf8)
        try site.declare("file: {/etc/other: {content: x}}")
        _ = site.said(root)
        #expect(
            try String(contentsOfFile: hosts, encoding: .utf8)
                == before.replacingOccurrences(of: "# \(Self.old)\n", with: "") + "\n# another\n")
    }

    /// A validator often quotes the file that it refuses.
    @Test(arguments: ["cat %; false", "cat % >&2; exit 3", "cat %; exit 127"])
    func aFailingValidatorDoesNotQuoteASecret(_ validator: String) throws {
        let manifest = "file: {/etc/app.conf: {content: \"p=${{ secret('db') }}\\n\", validate: \"\(validator)\"}}"
        let site = try SecretSite(manifest, secret: Self.old), root = try Tool.rootWithShell()
        let said = site.said(root)
        #expect(said.contains("hidden"))
        for form in SecretSite.forms(of: Self.old) {
            #expect(!said.contains(form))
            #expect(Tool.run(["grep", "-rlaF", form, root]).output.isEmpty)
        }
    }

    /// A saved plan holds what it needs to see that a secret was changed since, and nothing that tells the secret.
    @Test func aSavedPlanSeesADriftedSecret() throws {
        let holder = Self.holders[0]
        let site = try SecretSite(holder.secret, secret: Self.old), root = try Tool.bareRoot()
        _ = site.said(root)
        let file = root + holder.file, plan = "\(site.path)/saved.json"
        func save() -> Tool.Result {
            Tool.lodestar("plan", site.path, "--identity", site.identity, "--root", root, "--out", plan)
        }
        try "drift 1\n".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(save().status == 0)
        try "drift 2\n".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(Tool.lodestar("apply", plan, "--identity", site.identity).status == 4)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "drift 2\n")
        #expect(save().status == 0)
        #expect(Tool.lodestar("apply", plan, "--identity", site.identity).status == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "p=\(Self.old)\n")
    }
}
