import Crypto
import Foundation
import TestSupport
import Testing

@testable import Signatures

/// ssh-keygen(1) in a folder of its own: it makes keys and signatures, and is the judge.
struct KeygenBench {
    let folder = TemporaryFolder()

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: URL(filePath: path(name))) }

    func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path(name)))) }

    func run(_ words: String..., input: [UInt8]? = nil) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/ssh-keygen")
        process.arguments = words
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path, "TZ": "UTC"]
        if let input { try write(input, to: "input") }
        process.standardInput = FileHandle(forReadingAtPath: input == nil ? "/dev/null" : path("input"))
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// A new key, and the line of its public half.
    func key(_ type: String, bits: Int? = nil) throws -> (file: String, line: String) {
        let file = path("key-\(UUID().uuidString)"), size = bits.map { ["-b", "\($0)"] } ?? []
        let process = ["-q", "-t", type] + size + ["-N", "", "-C", "", "-f", file]
        let status = try {
            let run = Process()
            run.executableURL = URL(filePath: "/usr/bin/ssh-keygen")
            run.arguments = process
            run.standardError = FileHandle.nullDevice
            try run.run()
            run.waitUntilExit()
            return run.terminationStatus
        }()
        try #require(status == 0, "ssh-keygen -t \(type)")
        let line = try String(contentsOfFile: "\(file).pub", encoding: .utf8)
        return (file, line.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    func signature(of message: [UInt8], by file: String, namespace: String = "git", hash: String = "sha512") throws
        -> [UInt8]
    {
        try write(message, to: "message")
        try? FileManager.default.removeItem(atPath: path("message.sig"))
        let status = try run("-q", "-Y", "sign", "-f", file, "-n", namespace, "-O", "hashalg=\(hash)", path("message"))
        try #require(status == 0)
        return try read("message.sig")
    }

    /// Whether ssh-keygen takes a signature.
    func accepts(
        _ signature: [UInt8], of message: [UInt8], signers: String, principal: String = "ana", at time: String? = nil
    ) throws -> Bool {
        try write(signature, to: "judged.sig")
        try write(Array(signers.utf8), to: "signers")
        let option = time.map { "verify-time=\($0)" } ?? "verify-time=20270101Z"
        return try run(
            "-q", "-Y", "verify", "-f", path("signers"), "-I", principal, "-n", "git", "-s", path("judged.sig"), "-O",
            option, input: message) == 0
    }
}

/// A security key in software: what a token signs (OpenSSH's PROTOCOL.u2f).
struct SoftwareToken {
    let ed25519 = Curve25519.Signing.PrivateKey()
    let p256 = P256.Signing.PrivateKey()
    let isEd25519: Bool
    let application = Array("ssh:".utf8)

    var blob: [UInt8] {
        isEd25519
            ? WireReader.string("sk-ssh-ed25519@openssh.com")
                + WireReader.string(Array(ed25519.publicKey.rawRepresentation)) + WireReader.string(application)
            : WireReader.string("sk-ecdsa-sha2-nistp256@openssh.com") + WireReader.string("nistp256")
                + WireReader.string(Array(p256.publicKey.x963Representation)) + WireReader.string(application)
    }

    var line: String {
        let type = isEd25519 ? "sk-ssh-ed25519@openssh.com" : "sk-ecdsa-sha2-nistp256@openssh.com"
        return "\(type) \(Data(blob).base64EncodedString())"
    }

    static func integer(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let plain = Array(bytes.drop { $0 == 0 })
        return WireReader.string(plain.first.map { $0 >= 0x80 } == true ? [0] + plain : plain)
    }

    func signature(of message: [UInt8], flags: UInt8 = 1) throws -> [UInt8] {
        let digest = Array(SHA512.hash(data: message))
        let head = WireReader.string("git") + WireReader.string([UInt8]()) + WireReader.string("sha512")
        let signed = Array("SSHSIG".utf8) + head + WireReader.string(digest)
        let tail: [UInt8] = [flags] + WireReader.number(7)
        let told = Array(SHA256.hash(data: application)) + tail + Array(SHA256.hash(data: signed))
        let value: [UInt8]
        if isEd25519 {
            value =
                WireReader.string("sk-ssh-ed25519@openssh.com")
                + WireReader.string(Array(try ed25519.signature(for: told)))
        } else {
            let raw = Array(try p256.signature(for: told).rawRepresentation)
            let pair = Self.integer(raw[..<32]) + Self.integer(raw[32...])
            value = WireReader.string("sk-ecdsa-sha2-nistp256@openssh.com") + WireReader.string(pair)
        }
        return Armor.text(
            of: Array("SSHSIG".utf8) + WireReader.number(1) + WireReader.string(blob) + head
                + WireReader.string(value + tail))
    }
}

enum Armor {
    static func text(of blob: [UInt8]) -> [UInt8] {
        var lines = ["-----BEGIN SSH SIGNATURE-----"], text = Data(blob).base64EncodedString()[...]
        while !text.isEmpty {
            lines.append(String(text.prefix(70)))
            text = text.dropFirst(70)
        }
        return Array((lines + ["-----END SSH SIGNATURE-----", ""]).joined(separator: "\n").utf8)
    }

    static func blob(of text: [UInt8]) -> [UInt8] {
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst().dropLast()
        return Array(Data(base64Encoded: lines.joined()) ?? Data())
    }
}
