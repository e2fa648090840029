import Testing

@testable import Signatures

/// The grammar of commits and tags.
@Suite struct SignedObjectTests {
    private static let id = String(repeating: "1f", count: 20)
    private static let by = "Ana <a@b> 1700000000 +0100"
    private static let head = "tree \(id)\nparent \(id)\nauthor \(by)\ncommitter \(by)\n"
    private static let signature = "gpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----\n"

    @Test func aCommitIsItsPayloadAndItsSignature() throws {
        let mergetag = "mergetag object \(Self.id)\n type commit\n tag v1\n tagger \(Self.by)\n \n text\n"
        for extra in ["", "encoding ISO-8859-1\n", mergetag, "encoding x\n\(mergetag)\(mergetag)"] {
            let text = Self.head + extra + Self.signature + "\nSubject\n\nBody\n gpgsig x\n"
            let object = try SignedObject(commit: Array(text.utf8))
            #expect(object.payload == Array((Self.head + extra + "\nSubject\n\nBody\n gpgsig x\n").utf8))
            #expect(
                object.signature
                    == Array("-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n".utf8))
            #expect(object.maker == .init(name: "Ana", address: "a@b", time: 1_700_000_000))
        }
        let plain = Array("tree \(Self.id)\nauthor \(Self.by)\ncommitter \(Self.by)\n\n".utf8)
        let object = try SignedObject(commit: plain)
        #expect(object.signature == nil && object.payload == plain)
    }

    @Test(arguments: [
        "", "tree \(id)", "\(head)", "\(head)\u{0}\n", "\(head)\na\u{0}b", "\(signature)\(head)\n",
        "tree \(id)\n\(signature)author \(by)\ncommitter \(by)\n\n", "\(head)\(signature)\(signature)\n",
        "\(head)\(signature)encoding x\n\n", "\(head)\(signature)mergetag x\n\n",
        "\(head)gpgsig-sha256 x\n\(signature)\n",
        "\(head)\(signature)gpgsig-sha256 x\n\n", "\(head)GPGSIG x\n\n", "\(head)gpgsig\n\n",
        "\(head)x y\n\(signature)\n",
        "\(head)encoding x\nencoding y\n\n", "\(head)encoding \n\n", "\(head)encoding a b\n\n", "\(head) x\n\n",
        "\(head)mergetag x\nencoding y\n\n", "tree \(id)\ntree \(id)\nauthor \(by)\ncommitter \(by)\n\n",
        "parent \(id)\ntree \(id)\nauthor \(by)\ncommitter \(by)\n\n", "tree \(id)\ncommitter \(by)\nauthor \(by)\n\n",
        "tree \(id)\nauthor \(by)\nauthor \(by)\ncommitter \(by)\n\n",
        "tree \(id)\nauthor \(by)\n\ncommitter \(by)\n\n",
        "tree \(id)\nauthor \(by)\nparent \(id)\ncommitter \(by)\n\n",
        "tree \(id.uppercased())\nauthor \(by)\ncommitter \(by)\n\n",
        "tree \(id)1\nauthor \(by)\ncommitter \(by)\n\n", "tree  \(id)\nauthor \(by)\ncommitter \(by)\n\n",
        "tree \(id)\r\nauthor \(by)\r\ncommitter \(by)\r\n\r\n", "tree \(id)\n author \(by)\ncommitter \(by)\n\n",
        "tree \(id)\nparent \(id)\n x\nauthor \(by)\ncommitter \(by)\n\n",
    ])
    func commitsOfAnotherFormAreRefused(text: String) {
        #expect(throws: SignedObject.Fault.self) { try SignedObject(commit: Array(text.utf8)) }
    }

    @Test(arguments: [
        "a <b> 1 +0000 ", "a <b> 1  +0000", "a <b>1 +0000", "a<b> 1 +0000", "<b> 1 +0000", "a b 1 +0000",
        "a <b 1 +0000",
        "a b> 1 +0000", "a <b>> 1 +0000", "a <<b> 1 +0000", "a> <b> 1 +0000", "a <b> 01 +0000", "a <b> -1 +0000",
        "a <b> x +0000", "a <b> 1 0000", "a <b> 1 +000", "a <b> 1 +00000", "a <b> 1", "a <b>", "a <b> 1 +0000 x",
        "a <b> 9999999999999999999 +0000", "a <b> 1 +00a0", "",
    ])
    func identitiesOfAnotherFormAreRefused(text: String) {
        let commit = "tree \(Self.id)\nauthor \(Self.by)\ncommitter \(text)\n\n"
        #expect(throws: SignedObject.Fault.self) { try SignedObject(commit: Array(commit.utf8)) }
    }

    @Test func aTagIsItsPayloadAndItsSignature() throws {
        let payload = "object \(Self.id)\ntype commit\ntag v1\ntagger \(Self.by)\n\ntext\n"
        let lines = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"
        let tag = try SignedObject(tag: Array((payload + lines).utf8))
        #expect(tag.payload == Array(payload.utf8) && tag.signature == Array(lines.utf8))
        #expect(tag.tagged?.id == Self.id && tag.tagged?.name == "v1")
        #expect(try SignedObject(tag: Array(payload.utf8)).signature == nil)
    }

    @Test(arguments: [
        "object \(id)\ntype tree\ntag v1\ntagger \(by)\n\n", "object \(id)\ntype commit\ntagger \(by)\n\n",
        "object \(id)\ntype commit\ntag v1\n\n", "object \(id)\ntype commit\ntag \ntagger \(by)\n\n",
        "type commit\nobject \(id)\ntag v1\ntagger \(by)\n\n", "object \(id)\ntype commit\ntag v1\ntagger \(by)\n",
        "object \(id)\ntype commit\ntag v1\ntagger \(by)\ngpgsig x\n\n",
        "object \(id)\ntype tag\ntag v1\ntagger \(by)\n\n",
        "object \(id)\ntype commit\ntag v1\ntagger \(by)\n\n\u{0}", "object x\ntype commit\ntag v1\ntagger \(by)\n\n",
        "object \(id)\ntype commit\ntag v1\ntagger \(by)\n\n-----BEGIN PGP SIGNATURE-----\n-----BEGIN SSH SIGNATURE-----\n",
    ])
    func tagsOfAnotherFormAreRefused(text: String) {
        #expect(throws: SignedObject.Fault.self) { try SignedObject(tag: Array(text.utf8)) }
    }
}
