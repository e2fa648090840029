import Crypto
import FoundationEssentials
import Model

/// The part of an age file before its payload.
struct AgeHeader {
    struct Stanza {
        var arguments: [String]
        var body: [UInt8]
    }

    var stanzas: [Stanza] = []
    /// The authenticated part: everything up to and with `---`.
    var authenticated: [UInt8] = []
    var mac: [UInt8] = []
    var payload: ArraySlice<UInt8> = []

    init(of file: [UInt8]) throws(SecretFault) {
        var rest = file[...]
        guard Self.line(&rest) == AgeFile.intro else { throw SecretFault("it is not in the format \(AgeFile.intro)") }
        while let line = Self.line(&rest) {
            if line.hasPrefix("--- ") {
                let end = rest.startIndex - line.utf8.count - 1 + 3
                authenticated = Array(file[..<end])
                guard let mac = Base64.bytes(of: line.utf8.dropFirst(4), .unpadded), mac.count == 32 else { break }
                self.mac = mac
                payload = rest
                return
            }
            guard line.hasPrefix("-> "), stanzas.count < 100 else { break }
            var body: [UInt8] = []
            while let chunk = Self.line(&rest), let bytes = Base64.bytes(of: chunk.utf8, .unpadded) {
                body += bytes
                if chunk.utf8.count < 64 { break }
            }
            stanzas.append(Stanza(arguments: line.split(separator: " ").dropFirst().map(String.init), body: body))
        }
        throw SecretFault("its header cannot be read")
    }

    private static func line(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard let end = rest.prefix(4096).firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let line = String(validating: rest[..<end], as: UTF8.self)
        rest = rest[(end + 1)...]
        return line
    }

    func fileKey(with identities: [AgeIdentity]) -> SymmetricKey? {
        for stanza in stanzas where stanza.arguments.first == "X25519" && stanza.body.count == 32 {
            guard stanza.arguments.count == 2, let share = Base64.bytes(of: stanza.arguments[1].utf8, .unpadded) else {
                continue
            }
            for identity in identities {
                if let key = try? Self.unwrapped(stanza.body, share, identity) { return key }
            }
        }
        return nil
    }

    private static func unwrapped(_ body: [UInt8], _ share: [UInt8], _ identity: AgeIdentity) throws -> SymmetricKey {
        let ephemeral = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: share)
        let secret = try identity.key.sharedSecretFromKeyAgreement(with: ephemeral)
        let key = try AgeFile.wrapKey(secret, share, identity.key.publicKey)
        let box = try ChaChaPoly.SealedBox(
            nonce: ChaChaPoly.Nonce(data: [UInt8](repeating: 0, count: 12)), ciphertext: body.prefix(16),
            tag: body.suffix(16))
        return SymmetricKey(data: try ChaChaPoly.open(box, using: key))
    }
}
