import Testing
import Values

/// Texts that stand for bytes: what is read is what was written, and each form takes its own texts only.
@Suite struct EncodingTests {
    /// RFC 4648 §10, then every bit pattern of the last digit.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"), ("\u{0}", "AA=="), ("~~~", "fn5+"), ("???", "Pz8/"),
    ])
    func base64IsThatOfTheStandard(_ text: String, _ encoded: String) {
        let bytes = Array(text.utf8), bare = encoded.prefix { $0 != "=" }
        #expect(Base64.text(of: bytes) == encoded)
        #expect(Base64.text(of: bytes, isPadded: false) == bare)
        #expect(Base64.bytes(of: encoded.utf8) == bytes)
        #expect(Base64.bytes(of: bare.utf8, .unpadded) == bytes)
    }

    @Test func everyByteIsItselfAgain() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            #expect(Base64.bytes(of: Base64.text(of: bytes).utf8) == bytes)
            #expect(Base64.bytes(of: Base64.text(of: bytes, isPadded: false).utf8, .unpadded) == bytes)
            #expect([UInt8](hexadecimal: bytes.hexadecimal) == bytes)
        }
    }

    @Test(arguments: [
        // the text, and whether it is taken as padded, unpadded, lenient
        ("Zm9v", true, true, true), ("Zg==", true, false, true), ("Zg", false, true, true),
        ("Zg=", false, false, false),
        ("Zh==", false, false, true), ("Zh", false, false, true), ("Z", false, false, false),
        ("Z===", false, false, false),
        ("Zm9v====", false, false, false), ("Zm9=v", false, false, false), ("=", false, false, false),
        ("Zm9v\n", false, false, false), ("Zm 9v", false, false, false), ("fn5-", false, false, true),
        ("fn5_", false, false, true), ("Zm9é", false, false, false),
    ])
    func aFormTakesItsOwnTexts(_ text: String, _ padded: Bool, _ unpadded: Bool, _ lenient: Bool) {
        #expect((Base64.bytes(of: text.utf8, .padded) != nil) == padded)
        #expect((Base64.bytes(of: text.utf8, .unpadded) != nil) == unpadded)
        #expect((Base64.bytes(of: text.utf8, .lenient) != nil) == lenient)
    }

    @Test(
        arguments: [
            ("", []), ("00ff", [0, 255]), ("00FF", [0, 255]), ("aB", [0xAB]), ("a", nil), ("0g", nil), (" 00", nil),
            ("0x00", nil), ("٣٣", nil),
        ] as [(String, [UInt8]?)])
    func hexadecimalIsTwoDigitsEach(_ text: String, _ bytes: [UInt8]?) {
        #expect([UInt8](hexadecimal: text) == bytes)
    }
}
