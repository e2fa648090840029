import Foundation
import TestSupport
import Testing

@testable import Signatures

/// What OpenSSH signs is taken, and what OpenSSH refuses is not.
@Suite(.serialized) struct SignatureJudgeTests {
    private static let message = Array("tree 1\n\na message\n".utf8)

    private func isTaken(_ text: [UInt8], of message: [UInt8], by line: String) -> Bool {
        guard let signature = try? SSHSignature(armored: text) else { return false }
        return signature.isValid(of: message, for: "git") && signature.key == SigningKey(line: line)
    }

    @Test(
        arguments: [
            ("ed25519", nil), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 2048), ("rsa", 3072),
            ("rsa", 4096),
        ] as [(String, Int?)])
    func everyTypeOfKeyIsTaken(type: String, bits: Int?) throws {
        let bench = Keygen(), key = try bench.key(type, bits: bits)
        let parsed = try #require(SigningKey(line: key.line))
        #expect(parsed.kind.rawValue == key.line.split(separator: " ").first.map(String.init))
        for hash in ["sha256", "sha512"] {
            let text = try bench.signature(of: Self.message, by: key.file, hash: hash)
            #expect(isTaken(text, of: Self.message, by: key.line))
            #expect(try bench.accepts(text, of: Self.message, signers: "ana \(key.line)\n"))
            #expect(!isTaken(text, of: Self.message + [0], by: key.line))
            #expect(!isTaken(text, of: [], by: key.line))
        }
        // For another purpose, and by another key.
        let file = try bench.signature(of: Self.message, by: key.file, namespace: "file")
        #expect(!isTaken(file, of: Self.message, by: key.line))
        let other = try bench.key(type, bits: bits)
        #expect(!isTaken(try bench.signature(of: Self.message, by: other.file), of: Self.message, by: key.line))
    }

    @Test func whatIsWeakIsNot() throws {
        let bench = Keygen(), short = try bench.key("rsa", bits: 1024)
        #expect(SigningKey(line: short.line) == nil)
        #expect {
            _ = try SSHSignature(armored: bench.signature(of: Self.message, by: short.file))
        } throws: { $0 as? SSHSignature.Fault == .key }
        // A certificate is no key that is allowed.
        let authority = try bench.key("ed25519"), key = try bench.key("ed25519")
        #expect(try bench.run("-q", "-s", authority.file, "-I", "x", "-n", "ana", "\(key.file).pub") == 0)
        let line = try String(contentsOfFile: "\(key.file)-cert.pub", encoding: .utf8)
        #expect(SigningKey(line: line.trimmingCharacters(in: .newlines)) == nil)
        let text = try bench.signature(of: Self.message, by: "\(key.file)-cert.pub")
        #expect(!isTaken(text, of: Self.message, by: key.line))
        #expect(try bench.accepts(text, of: Self.message, signers: "ana cert-authority \(authority.line)\n"))
    }

    @Test func fingerprintsAreThoseOfOpenSSH() throws {
        let bench = Keygen(), key = try bench.key("ed25519"), process = Process(), pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/ssh-keygen")
        process.arguments = ["-l", "-f", "\(key.file).pub"]
        process.standardOutput = pipe
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let fingerprint = try #require(SigningKey(line: key.line)).fingerprint
        #expect(said.split(separator: " ")[1] == "\(fingerprint)")
        #expect(Fingerprint("\(fingerprint)") == fingerprint)
        for text in [
            "\(fingerprint)=", "SHA256:", "MD5:00", "\(fingerprint)a", "sha256\("\(fingerprint)".dropFirst(6))",
        ] {
            #expect(Fingerprint(text) == nil)
        }
    }

    @Test(arguments: [true, false]) func aSecurityKeyMustHaveBeenTouched(isEd25519: Bool) throws {
        let bench = Keygen(), token = SoftwareToken(isEd25519: isEd25519)
        let signers = "ana \(token.line)\n"
        let good = try token.signature(of: Self.message)
        #expect(try bench.accepts(good, of: Self.message, signers: signers))
        #expect(isTaken(good, of: Self.message, by: token.line))
        #expect(isTaken(try token.signature(of: Self.message, flags: 5), of: Self.message, by: token.line))
        #expect(!isTaken(good, of: Self.message + [1], by: token.line))
        for flags: UInt8 in [0, 4] {
            #expect(!isTaken(try token.signature(of: Self.message, flags: flags), of: Self.message, by: token.line))
        }
    }

    /// A thousand changed signatures, messages and armours: whoever is taken here is taken by ssh-keygen.
    @Test func nothingIsTakenThatOpenSSHRefuses() throws {
        let bench = Keygen()
        var random = SeededGenerator(seed: 13)
        var cases: [(text: [UInt8], line: String)] = []
        for (type, bits) in [("ed25519", nil), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 2048)]
            as [(String, Int?)]
        {
            let key = try bench.key(type, bits: bits)
            cases.append((try bench.signature(of: Self.message, by: key.file), key.line))
        }
        for isEd25519 in [true, false] {
            let token = SoftwareToken(isEd25519: isEd25519)
            cases.append((try token.signature(of: Self.message), token.line))
        }
        var takenCount = 0, differences = 0
        for number in 0..<1000 {
            let (text, line) = cases[number % cases.count]
            var message = Self.message, changed = text
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                var blob = Keygen.blob(of: text)
                blob[Int.random(in: 0..<blob.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                changed = Keygen.armor(blob)
            case 1:
                var blob = Keygen.blob(of: text)
                blob.insert(0, at: Int.random(in: 0...blob.count, using: &random))
                changed = Keygen.armor(blob)
            case 2:
                var blob = Keygen.blob(of: text)
                blob.removeSubrange(Int.random(in: 0..<blob.count, using: &random)...)
                changed = Keygen.armor(blob)
            case 3:
                changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...127, using: &random)
            case 4: changed = zeroed(text, &random)
            default:
                message[Int.random(in: 0..<message.count, using: &random)] ^= UInt8.random(in: 0...1, using: &random)
            }
            let mine = isTaken(changed, of: message, by: line)
            let theirs = try bench.accepts(changed, of: message, signers: "ana \(line)\n")
            if mine { takenCount += 1 }
            if mine != theirs { differences += 1 }
            #expect(!mine || theirs, "\(String(decoding: changed, as: UTF8.self)) of \(message) by \(line)")
        }
        // Some changes change nothing; what only OpenSSH takes are needless zeros and marks in the armour.
        #expect(takenCount > 20)
        #expect(differences < 200)
    }

    /// A length and what follows it with a needless zero in front, which some readers take.
    private func zeroed(_ text: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        let blob = Keygen.blob(of: text)
        let starts = blob.indices.dropLast(4).filter { index in
            let count = blob[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
            return count > 8 && count < 1000 && index + 4 + count <= blob.count
        }
        guard let start = starts.randomElement(using: &random) else { return text }
        let count = UInt32(blob[start..<start + 4].reduce(0) { $0 << 8 | Int($1) })
        return Keygen.armor(Array(blob[..<start]) + WireReader.number(count + 1) + [0] + Array(blob[(start + 4)...]))
    }
}
