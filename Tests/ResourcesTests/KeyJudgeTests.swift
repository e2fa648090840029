import Engine
import Foundation
import SystemFiles
import Model
import Resources
import Testing

/// What is a key is what ssh-keygen(1) takes for one.
@Suite(.enabled(if: LawBench.run(["which", "ssh-keygen"]).status == 0, "needs ssh-keygen (openssh-client)"))
struct KeyJudgeTests {
    /// One key of each kind that needs no hardware, made once.
    static let made: [(type: String, blob: String)] = {
        let folder = NSTemporaryDirectory() + "lodestar-keys-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let script = """
            mkdir -p "$1"; cd "$1"; n=0
            for kind in "ed25519" "rsa -b 1024" "rsa -b 2048" "ecdsa -b 256" "ecdsa -b 384" "ecdsa -b 521" dsa; do
              n=$((n + 1)); ssh-keygen -q -t $kind -N "" -C c -f k$n > /dev/null 2>&1 || true
            done
            cat *.pub
            """
        return LawBench.run(["sh", "-c", script, "sh", folder]).output.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            return words.count >= 2 ? (words[0], words[1]) : nil
        }
    }()

    /// Lines of every kind, right and wrong.
    static var lines: [String] {
        var lines: [String] = []
        let types =
            Self.made.map(\.type) + ["ssh-foo", "sk-ssh-ed25519@openssh.com", "ssh-ed25519-cert-v01@openssh.com"]
        for (type, blob) in made {
            let bytes = Array(Data(base64Encoded: blob) ?? Data())
            func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
            for other in types { lines.append("\(other) \(blob)") }
            for options in ["no-pty", "command=\"echo a b\"", "from=\"10.0.0.0/8\",no-pty", "a=\"\\\" \""] {
                lines.append("\(options) \(type) \(blob)")
            }
            lines += [
                "\(type) \(base64(Array(bytes.dropLast())))", "\(type) \(base64(bytes + [0]))", "\(type)\t\(blob)",
                "  \(type) \(blob)",
                "\(type) \(base64(Array(bytes.prefix(40))))", "\(type) \(blob.dropLast(4))", "\(type) \(blob)=",
                "# \(type) \(blob)",
                "\(type) \(blob.replacing("A", with: "*", maxReplacements: 1))", "\(type)\(blob)", "\(type) AAAA",
                "\(type)", "\(blob)",
                "\(type) \(base64(Array(bytes.prefix(4)) + [UInt8(ascii: "x")] + Array(bytes.dropFirst(5))))",
            ]
        }
        func field(_ bytes: [UInt8]) -> [UInt8] { [0, 0, 0, UInt8(bytes.count)] + bytes }
        let hard = field(Array("sk-ssh-ed25519@openssh.com".utf8)) + field(Array(repeating: 7, count: 32))
        for blob in [hard + field(Array("ssh:".utf8)), hard, hard + field([]) + [0]] {
            lines.append("sk-ssh-ed25519@openssh.com \(Data(blob).base64EncodedString())")
        }
        return lines
    }

    @Test func everyLineIsAKeyForBothOrForNone() throws {
        #expect(Self.made.count >= 6)
        let path = NSTemporaryDirectory() + "lodestar-lines-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var accepted = 0
        for (number, line) in Self.lines.enumerated() {
            try "\(line) c\(number)\n".write(toFile: path, atomically: true, encoding: .utf8)
            let theirs = LawBench.run(["ssh-keygen", "-l", "-f", path]).status == 0
            let ours = PublicKey(line: "\(line) c\(number)") != nil
            #expect(ours == theirs, "\(line)")
            if ours { accepted += 1 }
        }
        #expect(accepted > 40 && accepted < Self.lines.count)
    }

    static let ed25519 = AuthorizedKeySample.blob
    @Test(arguments: [
        ("ssh-rsa \(ed25519)", "found `ssh-rsa` before a key of type ssh-ed25519"),
        ("ssh-ed25519 \(ed25519)AAAA", "that is incomplete, too short or goes on after its end"),
        ("ssh-ed25519 AAA", "found `ssh-ed25519 AAA`"),
    ])
    func aWrongKeySaysWhatItIs(key: String, message: String) throws {
        for manifest in [
            "authorized_key: {k: {user: root, key: \"\(key)\"}}",
            "user: {root: {authorized_keys: {at_least: [\"\(key)\"]}}}",
        ] {
            let problem = #expect(throws: LawBench.Problem.self) { try LawBench.catalog(manifest + "\n") }
            #expect(problem?.text.contains(message) == true, "\(problem?.text ?? "")")
        }
    }

    @Test(arguments: [
        ("no-pty", "no-pty"), ("[no-pty]", "no-pty"), ("[]", ""),
        ("[no-pty, 'from=\"10.0.0.0/8,192.0.2.1\"']", "no-pty,from=\"10.0.0.0/8,192.0.2.1\""),
        ("'command=\"echo a b\"'", "command=\"echo a b\""),
        ("['command=\"a \\\"b\"', restrict]", "command=\"a \\\"b\",restrict"),
    ])
    func optionsAreATextOrAList(options: String, line: String) throws {
        let bench = try LawBench.simulated()
        let manifest = "authorized_key: {k: {user: root, key: ssh-ed25519 \(Self.ed25519) c, options: \(options)}}\n"
        let catalog = try LawBench.catalog(manifest)
        #expect(try bench.apply(try bench.plan(catalog)).count(.failed) == 0)
        let bytes = try bench.host.contents(of: "/root/.ssh/authorized_keys".asPath, limit: 10_000)
        let wanted = (line.isEmpty ? "" : line + " ") + "ssh-ed25519 \(Self.ed25519) c\n"
        #expect(String(decoding: bytes, as: UTF8.self) == wanted)
        #expect(!(try bench.plan(catalog)).hasChanges)
    }

    @Test(arguments: [
        ("no-pty no-agent", "a blank outside quotes"), ("'from=\"a'", "a quote that does not end"),
        ("\"no-pty\\nssh-rsa x\"", "a control character"), ("\"no-pty\\r\\nx\"", "a control character"),
        ("[no-pty, 'a b']", "a blank outside quotes"), ("{a: b}", "a mapping"),
    ])
    func optionsThatWouldEndTheLineAreRefused(options: String, message: String) throws {
        let manifest = "authorized_key: {k: {user: root, key: ssh-ed25519 \(Self.ed25519), options: \(options)}}\n"
        let problem = #expect(throws: LawBench.Problem.self) { try LawBench.catalog(manifest) }
        #expect(problem?.text.contains(message) == true, "\(problem?.text ?? "")")
    }

    /// What sshd makes of the same (Tests/Tools/key_options-judge.sh asks it): a key behind a word that it does not know is none.
    @Test(arguments: [
        ("no-ptyy", "did you mean `no-pty`?"),
        ("pty=\"x\"", "`pty` has no value"),
        ("command", "found `command` without a value"), ("command=true", "found `command=` without quotes"),
        ("[restrict, 'command=\"a\"', 'command=\"b\"']", "found `command` twice"),
        ("'from=\"10.0.0.1/8\"'", "a network without bits behind its mask"), ("'from=\"\"'", "names, addresses"),
        ("'expiry-time=\"tomorrow\"'", "a time as YYYYMMDD"), ("'environment=\"A-B=1\"'", "NAME=VALUE"),
        ("'permitopen=\"host\"'", "HOST:PORT"), ("'permitlisten=\"0\"'", "PORT or HOST:PORT"),
        ("'tunnel=\"-1\"'", "the number of a tunnel"), ("'command=\"a\"pty'", "more behind the value of `command`"),
        // The backslash before another one is none before a quote.
        (#"'command="a\\",pty'"#, "a quote that does not end"),
    ])
    func optionsThatSshdDoesNotKnowAreRefused(options: String, message: String) throws {
        let field = "authorized_key: {k: {user: root, key: ssh-ed25519 \(Self.ed25519), options: \(options)}}\n"
        let problem = #expect(throws: LawBench.Problem.self) { try LawBench.catalog(field) }
        #expect(problem?.text.contains(message) == true, "\(problem?.text ?? "")")
        guard options.first != "[" else { return }
        let line = options.filter { $0 != "'" } + " ssh-ed25519 \(Self.ed25519)"
        for manifest in [
            "authorized_key: {k: {user: root, key: '\(line)'}}\n",
            "user: {root: {authorized_keys: {exactly: ['\(line)']}}}\n",
            "key_group: {k: {user: root, keys: {a: '\(line)'}}}\n",
        ] {
            #expect(throws: LawBench.Problem.self, "\(manifest)") { try LawBench.catalog(manifest) }
        }
    }

    /// The private key that a host makes is one for ssh-keygen, whatever the length of its comment.
    @Test(arguments: 0..<9) func aMadeKeyIsOne(_ count: Int) throws {
        let comment = String(repeating: "c", count: count), bytes = OpenSSHKey.made(comment: comment)
        let file = NSTemporaryDirectory() + "lodestar-key-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        #expect(
            FileManager.default.createFile(atPath: file, contents: Data(bytes), attributes: [.posixPermissions: 0o600]))
        let key = try #require(OpenSSHKey.publicKey(of: bytes, comment: comment))
        #expect(LawBench.run(["ssh-keygen", "-y", "-P", "", "-f", file]).output.trimmed == key.line)
        #expect(OpenSSHKey.made(comment: comment) != bytes)
        // The head of a key with a passphrase says the same, and what is cut off says nothing.
        #expect(LawBench.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", "a passphrase", "-f", file]).status == 0)
        let closed = [UInt8](try Data(contentsOf: URL(filePath: file)))
        #expect(closed != bytes && OpenSSHKey.publicKey(of: closed, comment: comment)?.line == key.line)
        for end in stride(from: 0, to: 120, by: 7) {
            #expect(OpenSSHKey.publicKey(of: Array(bytes.prefix(end)), comment: "") == nil)
        }
    }
}

enum AuthorizedKeySample {
    static let blob = "AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6"
}
