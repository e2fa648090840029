import Model
import Secrets
import Testing

struct AgeTests {
    let identity = AgeIdentity.generated()

    @Test(arguments: [0, 1, 65535, 65536, 65537, 200_000])
    func whatIsEncryptedCanBeDecrypted(byteCount: Int) throws {
        let plaintext = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let file = try AgeFile.encrypted(plaintext, for: [AgeIdentity.generated().recipient, identity.recipient])
        #expect(try AgeFile.decrypted(file, with: [identity]) == plaintext)
    }

    @Test func anotherIdentityIsRefused() throws {
        let file = try AgeFile.encrypted([1, 2, 3], for: [identity.recipient])
        #expect(throws: SecretFault("it is encrypted for other recipients")) {
            try AgeFile.decrypted(file, with: [AgeIdentity.generated()])
        }
    }

    @Test func everyChangedByteIsNoticed() throws {
        let file = try AgeFile.encrypted(Array("secret".utf8), for: [identity.recipient])
        for index in file.indices {
            var changed = file
            changed[index] ^= 1
            #expect(throws: SecretFault.self, "byte \(index)") { try AgeFile.decrypted(changed, with: [identity]) }
        }
        for count in 0..<file.count {
            #expect(throws: SecretFault.self) { try AgeFile.decrypted(Array(file.prefix(count)), with: [identity]) }
        }
    }

    @Test func keysRoundTrip() {
        #expect(AgeIdentity(line: identity.secretLine)?.recipient.text == identity.recipient.text)
        #expect(AgeRecipient(identity.recipient.text)?.text == identity.recipient.text)
        #expect(AgeRecipient("age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq") == nil)
    }
}
