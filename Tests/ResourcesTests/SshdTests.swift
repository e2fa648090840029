import Engine
import Foundation
import SystemFiles
import Model
import Resources
import Testing

/// Where sshd looks for the keys of an account. The judge is `sshd -T -C user=ana` where there is an sshd; the table holds
/// what it said.
@Suite struct SshdTests {
    struct Case: CustomTestStringConvertible, Sendable {
        /// Files below /etc/ssh.
        var files: [String: String]
        var words: String
        var isUncertain = false
        var testDescription: String { files["sshd_config"] ?? "" }

        init(_ config: String, _ words: String, isUncertain: Bool = false, more: [String: String] = [:]) {
            files = more.merging(["sshd_config": config]) { $1 }
            self.words = words
            self.isUncertain = isUncertain
        }
    }

    static let usual = ".ssh/authorized_keys .ssh/authorized_keys2"
    static let cases = [
        Case("", usual), Case("Port 22\n", usual), Case("AuthorizedKeysFile /etc/ssh/keys/%u\n", "/etc/ssh/keys/%u"),
        Case("authorizedkeysfile\t.ssh/a  .ssh/b # c\n", ".ssh/a .ssh/b"), Case("AuthorizedKeysFile=/k/%u\n", "/k/%u"),
        Case("AuthorizedKeysFile = /k/%u\n", "/k/%u"), Case("#AuthorizedKeysFile /k\n", usual),
        Case("AuthorizedKeysFile \"/k/a b\" x\n", "/k/a b x"), Case("AuthorizedKeysFile none\n", "none"),
        Case("AuthorizedKeysFile a\nAuthorizedKeysFile b\n", "a"),
        Case("AuthorizedKeysFile a\r\n", "a"),
        Case("Match User ana\nAuthorizedKeysFile m\n", "m"),
        Case("AuthorizedKeysFile g\nMatch User ana\n  AuthorizedKeysFile m\n", "m"),
        Case("AuthorizedKeysFile g\nMatch User bob\nAuthorizedKeysFile m\n", "g"),
        Case("AuthorizedKeysFile g\nMatch User a*,!ana\nAuthorizedKeysFile m\n", "g"),
        Case("AuthorizedKeysFile g\nMatch User *,!bob\nAuthorizedKeysFile m\n", "m"),
        Case("AuthorizedKeysFile g\nMatch Group web\nAuthorizedKeysFile m\n", "m"),
        Case(
            "AuthorizedKeysFile g\nMatch Group adm User ana\nAuthorizedKeysFile m\nMatch all\nAuthorizedKeysFile n\n",
            "n"),
        Case("AuthorizedKeysFile g\nMatch User ana\nAuthorizedKeysFile m\nMatch User ana\nAuthorizedKeysFile n\n", "m"),
        Case("AuthorizedKeysFile g\nMatch Address 192.0.2.0/24\nAuthorizedKeysFile m\n", "g", isUncertain: true),
        Case("AuthorizedKeysFile g\nMatch User bob Address 192.0.2.0/24\nAuthorizedKeysFile m\n", "g"),
        Case(
            "Include conf.d/*.conf\nAuthorizedKeysFile g\n", "i1",
            more: [
                "conf.d/b.conf": "AuthorizedKeysFile i2\n", "conf.d/a.conf": "AuthorizedKeysFile i1\n",
                "conf.d/.c.conf": "AuthorizedKeysFile i0\n",
            ]),
        Case("AuthorizedKeysFile g\nInclude conf.d/a.conf\n", "g", more: ["conf.d/a.conf": "AuthorizedKeysFile i\n"]),
        Case(
            "Include conf.d/a.conf\nAuthorizedKeysFile g\n", "m",
            more: ["conf.d/a.conf": "Match User ana\nAuthorizedKeysFile m\n"]),
        Case(
            "Include conf.d/a.conf\nAuthorizedKeysFile g\n", "g",
            more: ["conf.d/a.conf": "Match User bob\nAuthorizedKeysFile m\n"]),
        Case(
            "AuthorizedKeysFile g\nMatch User bob\nInclude conf.d/a.conf\n", "g",
            more: ["conf.d/a.conf": "AuthorizedKeysFile m\n"]),
        Case(
            "AuthorizedKeysFile g\nMatch User ana\nInclude conf.d/a.conf\n", "m",
            more: ["conf.d/a.conf": "AuthorizedKeysFile m\n"]),
        Case("Include /etc/ssh/none/*.conf\nAuthorizedKeysFile g\n", "g"),
    ]

    private func bench(_ files: [String: String], home: String = "/home/ana") throws -> LawBench {
        let bench = try LawBench.simulated()
        func perform(_ step: Step) throws { for result in bench.host.perform([step]) { _ = try result.get() } }
        for directory in ["/etc/ssh", "/etc/ssh/conf.d", "/home/ana"] {
            try perform(.makeDirectory(DirectoryCreation(try directory.asPath, attributes: Attributes())))
        }
        let all =
            files.map { ("/etc/ssh/\($0.key)", $0.value) } + [
                ("/etc/passwd", "root:x:0:0::/root:/bin/sh\nana:x:1000:100::\(home):/bin/sh\n"),
                ("/etc/group", "root:x:0:\nweb:x:100:\nadm:x:4:\ncrontab:x:101:\n"),
            ]
        for (path, text) in all {
            try perform(.writeFile(FileWrite(try path.asPath, content: Content(text), replaced: .anything)))
        }
        return bench
    }

    @Test(arguments: cases) func keysAreWhereSshdReadsThem(_ scene: Case) throws {
        let bench = try bench(scene.files)
        let holder = KeyHolder(
            name: try #require(AccountName("ana")), uid: 1000, gid: 100, home: try "/home/ana".asPath, groups: ["web"])
        let places = try KeyPlaces(of: holder, on: bench.host)
        var wanted: [String] = []
        for word in scene.words.replacing("a b", with: "a_b").split(separator: " ") where word != "none" {
            let text = word.replacing("a_b", with: "a b").replacing("%u", with: "ana")
            wanted.append(text.hasPrefix("/") ? String(text) : "/home/ana/\(text)")
        }
        #expect(places.files.map(\.text) == wanted)
        #expect((places.remark != nil) == (scene.isUncertain || scene.words == "none"))
    }

    /// LODESTAR_SSHD names an sshd: it reads the same files in a mount namespace.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["LODESTAR_SSHD"] != nil, "LODESTAR_SSHD names no sshd"))
    func sshdSaysTheSame() throws {
        let sshd = ProcessInfo.processInfo.environment["LODESTAR_SSHD"] ?? ""
        for scene in Self.cases {
            let folder = NSTemporaryDirectory() + "lodestar-sshd-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try FileManager.default.createDirectory(atPath: "\(folder)/conf.d", withIntermediateDirectories: true)
            for (name, text) in scene.files {
                try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
            }
            let script = """
                mount --bind "$1" /etc/ssh
                printf 'root:x:0:0::/root:/bin/sh\\nana:x:1000:100::/home/ana:/bin/sh\\nsshd:x:74:74::/:/bin/false\\n' > "$1/passwd"
                printf 'root:x:0:\\nweb:x:100:\\nadm:x:4:\\n' > "$1/group"
                mount --bind "$1/passwd" /etc/passwd; mount --bind "$1/group" /etc/group; mkdir -p /run/sshd
                ssh-keygen -q -t ed25519 -N "" -f "$1/hk"
                "$2" -T -f /etc/ssh/sshd_config -h "$1/hk" -C user=ana,host=h,addr=10.0.0.1,laddr=10.0.0.2,lport=22
                """
            let said = LawBench.run(["unshare", "-m", "sh", "-ec", script, "sh", folder, sshd])
            let line = said.output.split(separator: "\n").first { $0.hasPrefix("authorizedkeysfile ") }
            #expect(line.map { String($0.dropFirst("authorizedkeysfile ".count)) } == scene.words, "\(said.output)")
        }
    }

    static let key = "ssh-ed25519 \(AuthorizedKeySample.blob) c"
    static let manifests = [
        "authorized_key: {k: {user: ana, key: \(key)}}\n", "user: {ana: {authorized_keys: {exactly: [\"\(key)\"]}}}\n",
        "user: {new: {uid: 5000, authorized_keys: {exactly: [\"\(key)\"]}}}\n",
    ]

    @Test(arguments: manifests) func aFileElsewhereIsFollowed(manifest: String) throws {
        let name = manifest.contains("new") ? "new" : "ana"
        let config = ["sshd_config": "AuthorizedKeysFile /etc/ssh/keys/%u\n"]
        let without = try bench(config), catalog = try LawBench.catalog(manifest)
        let refused = try without.plan(catalog)
        #expect(refused.count(.refuse) == 1)
        #expect(refused.resources.first?.reason?.text.contains("the directory /etc/ssh/keys does not exist") == true)
        let bench = try bench(config)
        let both = try LawBench.catalog("directory: {/etc/ssh/keys: {}}\n" + manifest)
        #expect(try bench.apply(try bench.plan(both)).count(.failed) == 0)
        let path = try "/etc/ssh/keys/\(name)".asPath
        #expect(String(decoding: try bench.host.contents(of: path, limit: 1000), as: UTF8.self) == "\(Self.key)\n")
        let status = try #require(try bench.host.status(of: path))
        #expect(status.owner == 0 && status.permissions.bits == 0o644)
        #expect(try bench.host.status(of: "/home/\(name)/.ssh".asPath) == nil)
        let second = try bench.plan(both)
        #expect(!second.hasChanges && second.remarks.isEmpty)
        // Un-declared, it goes from there.
        if manifest.hasPrefix("authorized_key") {
            _ = try bench.apply(try bench.plan(try LawBench.catalog("directory: {/etc/ssh/keys: {}}\n")))
            #expect(try bench.host.contents(of: path, limit: 1000).isEmpty)
        }
    }

    @Test(arguments: [
        ("AuthorizedKeysFile none\n", "sshd reads no key file of ana: AuthorizedKeysFile is none"),
        (
            "Match Address 10.0.0.0/8\nAuthorizedKeysFile /k\n",
            "sshd_config has another AuthorizedKeysFile for some connections"
        ),
        ("", "sshd also takes the keys in /home/ana/.ssh/authorized_keys2"),
    ])
    func whatIsNotPlainIsSaid(config: String, remark: String) throws {
        for manifest in Self.manifests.dropLast() {
            let bench = try bench(["sshd_config": config])
            for step in [
                Step.makeDirectory(DirectoryCreation(try "/home/ana/.ssh".asPath, attributes: Attributes())),
                .writeFile(
                    FileWrite(try "/home/ana/.ssh/authorized_keys2".asPath, content: Content(""), replaced: .nothing)),
            ] { for result in bench.host.perform([step]) { _ = try result.get() } }
            let plan = try bench.plan(try LawBench.catalog(manifest))
            #expect(plan.remarks.contains { $0.text.hasPrefix(remark) }, "\(plan.remarks)")
            #expect(plan.count(.refuse) == 0)
        }
    }
}
