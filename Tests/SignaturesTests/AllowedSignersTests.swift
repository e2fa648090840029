import Foundation
import TestSupport
import Testing
import Values

@testable import Signatures

/// Files of allowed signers, beside ssh-keygen.
@Suite struct AllowedSignersTests {
    /// KEY stands for the key that signs, OTHER for another one.
    struct Row: Sendable, CustomTestStringConvertible {
        var line: String
        var isTaken: Bool
        /// Whether ssh-keygen does the same; false where this is stricter.
        var isShared = true
        var time = "20270101Z"

        var testDescription: String { line }
    }

    private static let rows: [Row] = [
        Row(line: "ana KEY", isTaken: true), Row(line: "ana KEY a comment", isTaken: true),
        Row(line: "  ana\tKEY", isTaken: true), Row(line: "\"ana\" KEY", isTaken: true),
        Row(line: "bob,ana KEY", isTaken: true), Row(line: "* KEY", isTaken: true),
        Row(line: "ana OTHER", isTaken: false),
        Row(line: "# ana KEY\nana KEY", isTaken: true), Row(line: "\n\nana OTHER\nana KEY\n", isTaken: true),
        Row(line: "ana namespaces=\"git\" KEY", isTaken: true), Row(line: "ana NameSpaces=\"git\" KEY", isTaken: true),
        Row(line: "ana namespaces=\"file\" KEY", isTaken: false),
        Row(line: "ana namespaces=\"file,git\" KEY", isTaken: true),
        Row(line: "ana namespaces=\"g*\" KEY", isTaken: true),
        Row(line: "ana namespaces=\"g?t\" KEY", isTaken: true), Row(line: "ana namespaces=\"*\" KEY", isTaken: true),
        Row(line: "ana namespaces=\"*,!git\" KEY", isTaken: false),
        Row(line: "ana namespaces=\"GIT\" KEY", isTaken: false),
        Row(line: "ana namespaces=\"gi\" KEY", isTaken: false),
        Row(line: "ana namespaces=\"!file\" KEY", isTaken: false),
        Row(line: "ana cert-authority KEY", isTaken: false),
        Row(line: "ana cert-authority,namespaces=\"git\" KEY", isTaken: false),
        Row(line: "ana cert-authority KEY\nana KEY", isTaken: true),
        Row(line: "ana namespaces=\"file\" KEY\nana KEY", isTaken: true),
        Row(line: "ana valid-after=\"20260101Z\" KEY", isTaken: true),
        Row(line: "ana valid-after=\"20280101Z\" KEY", isTaken: false),
        Row(line: "ana valid-before=\"20280101Z\" KEY", isTaken: true),
        Row(line: "ana valid-before=\"20260101Z\" KEY", isTaken: false),
        Row(line: "ana valid-after=\"20270101Z\" KEY", isTaken: true),
        Row(line: "ana valid-before=\"20270101Z\" KEY", isTaken: true),
        Row(line: "ana valid-after=\"20270101000001Z\" KEY", isTaken: false),
        Row(line: "ana valid-before=\"20261231235959Z\" KEY", isTaken: false),
        Row(line: "ana valid-after=\"202612312359Z\",valid-before=\"202701010001Z\" KEY", isTaken: true),
        Row(line: "ana namespaces=\"git\",valid-after=\"20260101Z\",valid-before=\"20280101Z\" KEY c", isTaken: true),
        // Of no zone: only what is so in every zone.
        Row(line: "ana valid-after=\"20260101\",valid-before=\"20280101\" KEY", isTaken: true),
        Row(line: "ana valid-after=\"20270101\" KEY", isTaken: false, isShared: false),
        Row(line: "ana valid-before=\"20270101\" KEY", isTaken: false, isShared: false),
    ]

    private static let wrong: [(String, column: Int)] = [
        ("ana", 4), ("ana cert-authority", 19), ("ana x", 5), ("ana ssh-ed25519", 16), ("ana ssh-ed25519 AAAA", 17),
        ("ana ssh-rsa KEYBLOB", 13),
        ("ana namespace=\"git\" KEY", 5), ("ana namespaces KEY", 5), ("ana namespaces=git KEY", 5),
        ("ana namespaces=\"git KEY", 5), ("ana namespaces=\"git\"x KEY", 5), ("ana namespaces=\"git\", KEY", 22),
        ("ana namespaces=\"a\",namespaces=\"git\" KEY", 20), ("ana cert-authority=\"1\" KEY", 5),
        ("ana valid-after=\"2027\" KEY", 5), ("ana valid-after=\"20270231Z\" KEY", 5), ("ana valid-before=\"\" KEY", 5),
        ("ana valid-after=\"2027010112Z\" KEY", 5), ("ana valid-after=\"20270101T00Z\" KEY", 5),
        ("ana valid-after=\"20280101Z\",valid-before=\"20270101Z\" KEY", 5), ("\"ana KEY", 1), ("\"\" KEY", 1),
        ("\"ana\"KEY", 6), ("an\"a KEY", 3), ("ana ssh-dss AAAA", 5), ("ana sha-ed25519 AAAA", 5), ("ana \u{0} KEY", 1),
        ("ana namespaces=\"g\\\"t\" KEY", 5),
    ]

    private static func signers(_ text: String) -> (AllowedSigners, Diagnostics) {
        var diagnostics = Diagnostics()
        return (AllowedSigners(parsing: Array(text.utf8), path: "signers", into: &diagnostics), diagnostics)
    }

    @Test func aLineMeansWhatItMeansToOpenSSH() throws {
        let bench = Keygen(), key = try bench.key("ed25519"), other = try bench.key("ed25519")
        let message = Array("m".utf8), text = try bench.signature(of: message, by: key.file)
        let signing = try #require(SigningKey(line: key.line)), time = Int64(1_798_761_600)
        for row in Self.rows {
            let file = row.line.replacing("KEY", with: key.line).replacing("OTHER", with: other.line)
            let (signers, diagnostics) = Self.signers(file)
            #expect(!diagnostics.hasErrors, "\(row.line) \(diagnostics.list)")
            var isTaken = false
            if case .allowed = signers.answer(for: signing, namespace: "git", at: [time]) { isTaken = true }
            #expect(isTaken == row.isTaken, "\(row.line)")
            let theirs = try bench.accepts(text, of: message, signers: file + "\n", at: row.time)
            #expect(!isTaken || theirs, "\(row.line)")
            #expect((theirs == isTaken) == row.isShared, "\(row.line)")
        }
    }

    @Test func aLineThatCannotBeReadIsAnErrorWithItsPlace() throws {
        let bench = Keygen(), key = try bench.key("ed25519").line
        for (line, column) in Self.wrong {
            let blob = key.split(separator: " ")[1]
            let text = line.replacing("KEYBLOB", with: blob).replacing("KEY", with: key)
            let (_, diagnostics) = Self.signers("# first\n\(text)\nana \(key)\n")
            #expect(
                diagnostics.list.first?.place.map { "\($0)" } == "signers:2:\(column)", "\(line) \(diagnostics.list)")
            #expect(diagnostics.list.count == 1, "\(line)")
        }
        for text in ["", "\n# none\n"] { #expect(Self.signers(text).1.hasErrors) }
    }

    @Test func bothTimesMustBeInTheInterval() throws {
        let bench = Keygen(), line = try bench.key("ed25519").line, key = try #require(SigningKey(line: line))
        let (signers, _) = Self.signers("ana valid-after=\"19700101000010Z\",valid-before=\"19700101000020Z\" \(line)")
        func isTaken(_ times: Int64...) -> Bool {
            if case .allowed = signers.answer(for: key, namespace: "git", at: times) { true } else { false }
        }
        #expect(isTaken(10, 20) && isTaken(20, 10) && isTaken(15, 15))
        #expect(!isTaken(9, 15) && !isTaken(15, 9) && !isTaken(21, 15) && !isTaken(15, 21))
    }

    @Test func revokedKeysAreLinesOfKeysAndFingerprints() throws {
        let bench = Keygen(), lines = try (0..<3).map { _ in try bench.key("ed25519").line }
        let keys = lines.compactMap { SigningKey(line: $0) }
        var diagnostics = Diagnostics()
        let text = "# gone\n\n\(lines[0]) a comment\n\(keys[1].fingerprint) lost\r\n"
        let revoked = RevokedKeys(parsing: Array(text.utf8), path: "revoked", into: &diagnostics)
        #expect(!diagnostics.hasErrors)
        #expect(keys.map { revoked.contains($0) } == [true, true, false])
        for line in ["x", "SHA256:x", "ssh-ed25519", "ana \(lines[0])", "MD5:1"] {
            var diagnostics = Diagnostics()
            _ = RevokedKeys(parsing: Array("\n\(line)\n".utf8), path: "revoked", into: &diagnostics)
            #expect(diagnostics.list.first?.place.map { "\($0)" } == "revoked:2:1", "\(line)")
        }
    }
}
