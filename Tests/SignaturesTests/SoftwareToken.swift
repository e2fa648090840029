import Crypto
import Foundation
import TestSupport

@testable import Signatures

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
        return Keygen.armor(
            Array("SSHSIG".utf8) + WireReader.number(1) + WireReader.string(blob) + head
                + WireReader.string(value + tail))
    }
}
