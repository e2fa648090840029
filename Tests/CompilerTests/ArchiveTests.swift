import Model
import Resources
import TestSupport
import Testing

@testable import Compiler

/// The caches of a catalog and of a run: what was written is read again, and nothing else counts.
@Suite struct ArchiveTests {
    static let manifest = """
        file:
          /etc/motd: {content: "héllo ${{ facts.os.id }}\\n", mode: "0640", owner: ana, tags: [a, b], note: "x"}
          /etc/long: {content: "\(String(repeating: "long ", count: 80))"}
        directory: {/srv/a: {owner: ana}}
        link: {/srv/a/l: {target: /etc/motd, state: absent}}
        user: {ana: {uid: 2000, groups: {exactly: [adm]}, on_undeclare: release}}
        command: {reload: {run: "true", refresh_only: true, env: {A: "1"}}}
        line: {host: {path: /etc/hosts, text: "192.0.2.9 a", notify: ["command:reload"]}}
        script: {tool: {content: "#!/bin/sh\\n", version: "1"}}
        """

    static func archive(_ manifest: String = manifest) throws -> CatalogArchive {
        let site = Site(
            MapSite(["site.yaml": "site: test\n", "manifests/a.yaml": manifest]), types: Registry.all,
            engine: EngineVersion("0.1.0"))
        let target = CompilationTarget(
            identity: HostIdentity(id: "a", name: "a", ip: "192.0.2.1"), facts: FactsSnapshot(["os": ["id": "debian"]]))
        let compilation = site.compilation(for: target)
        try #require(compilation.diagnostics.list.map(\.text) == [])
        return try #require(CatalogArchive(of: compilation, on: site, context: "test"))
    }

    /// One that reads every secret as the same text, which may be a hash.
    private struct OneSecret: SecretReader {
        func plaintext(of file: [UInt8], named name: String) -> [UInt8]? { Array("$6$a$canary".utf8) }
    }

    /// Each field that takes a secret, with another that is none.
    @Test(arguments: [
        "file: {/etc/a: {content: \"${{ secret('a') }}\"}, /etc/b: {content: x}}",
        "file: {/etc/a: {content: \"${{ secret('a') }} \(String(repeating: "long ", count: 80))\"}}",
        "command: {a: {run: /bin/true, stdin: \"${{ secret('a') }}\", env: {A: \"${{ secret('a') }}\", B: x}}}",
        "line: {a: {path: /etc/hosts, text: \"${{ secret('a') }}\"}}",
        "user: {ana: {password: \"${{ secret('a') }}\"}}", "user: {ana: {password: \"$6$a$b\"}}",
        "script: {tool: {version: \"1\", content: \"#!/bin/sh\\n# ${{ secret('a') }}\\n\"}}",
    ]) func aSecretIsASecretAgain(_ manifest: String) throws {
        let site = Site(
            MapSite(["site.yaml": "site: test\n", "manifests/a.yaml": manifest, "secrets/a.age": "x"]),
            types: Registry.all, secrets: OneSecret(), engine: EngineVersion("0.1.0"))
        let identity = HostIdentity(id: "a", name: "a", ip: nil)
        let compilation = site.compilation(
            for: CompilationTarget(identity: identity, facts: FactsSnapshot(["os": ["id": "debian"]])))
        try #require(compilation.diagnostics.list.map(\.text) == [])
        let archive = try #require(CatalogArchive(of: compilation, on: site, context: "test"))
        #expect(archive.holdsSecrets)
        let again = try #require(Self.read(archive.bytes))
        #expect(again.holdsSecrets && again.catalog.digest == archive.catalog.digest)
        for (left, right) in zip(again.catalog.declarations, archive.catalog.declarations) {
            #expect(left.resource.secretFields == right.resource.secretFields)
            #expect(AnyHashable(left.resource) == AnyHashable(right.resource))
        }
        #expect(again.catalog.declarations.contains { $0.resource.hasSecrets })
        #expect(try !Self.archive().holdsSecrets)
    }

    private static func memo() throws -> InPlaceMemo {
        let signature = PathSignature(
            device: 1, inode: -1, mode: 0o100644, owner: 0, group: 4, byteCount: .max, modified: .min, changed: 5)
        return InPlaceMemo(
            of: try archive(), volatile: [0, 3], inPlaceCount: 7,
            records: [
                PathRecord(path: .root.appending("etc"), signature: signature, content: Digest(of: "x")),
                PathRecord(path: .root.appending("etc/x"), signature: signature),
                PathRecord(path: .root.appending("none"), signature: nil),
            ])
    }

    private static func read(_ bytes: [UInt8]) -> CatalogArchive? {
        CatalogArchive(bytes, types: Registry.type(named:)) { _ in true }
    }

    private static func readMemo(_ bytes: [UInt8]) -> InPlaceMemo? {
        InPlaceMemo(bytes, types: Registry.type(named:)) { _ in true }
    }

    @Test func anArchiveIsTheCatalogAgain() throws {
        let archive = try Self.archive(), again = try #require(Self.read(archive.bytes))
        #expect(again.inputs == archive.inputs)
        #expect(again.catalog.datum.json == archive.catalog.datum.json)
        #expect(again.catalog.edges == archive.catalog.edges)
        #expect(again.catalog.digest == archive.catalog.digest)
        for (left, right) in zip(again.catalog.declarations, archive.catalog.declarations) {
            #expect(RecordedFields(of: left.resource).text == RecordedFields(of: right.resource).text)
            #expect((left.place, left.state, left.tags) == (right.place, right.state, right.tags))
            #expect((left.note, left.onUndeclared, left.origin) == (right.note, right.onUndeclared, right.origin))
            #expect(left.partOf == right.partOf)
        }
        #expect(again.catalog.declarations.contains { $0.partOf?.fields.text.isEmpty == false })
        #expect(again.bytes == archive.bytes, "written again it is the same")
    }

    @Test func aMemoIsItselfAgain() throws {
        let memo = try Self.memo(), again = try #require(Self.readMemo(memo.bytes))
        #expect(again.records == memo.records && again.inPlaceCount == 7)
        #expect(again.archive.inputs == memo.archive.inputs)
        #expect(again.archive.catalog.declarations.map(\.address) == memo.archive.catalog.declarations.map(\.address))
        #expect(again.archive.catalog.declarations.count == 2)
        #expect(again.bytes == memo.bytes)
    }

    @Test func oneIsNotTheOther() throws {
        #expect(Self.readMemo(try Self.archive().bytes) == nil)
        #expect(Self.read(try Self.memo().bytes) == nil)
    }

    @Test func whatIsCutShortOrTooLongIsNone() throws {
        for (bytes, isRead) in try Self.both() {
            #expect(isRead(bytes))
            #expect((0..<bytes.count).filter { isRead(Array(bytes[..<$0])) } == [])
            #expect(!isRead(bytes + [0]))
        }
    }

    @Test func oneWrongBitIsNone() throws {
        for (bytes, isRead) in try Self.both() {
            var wrong = bytes, read: [Int] = []
            for index in bytes.indices {
                wrong[index] ^= 1 << (index % 8)
                if isRead(wrong) { read.append(index) }
                wrong[index] = bytes[index]
            }
            #expect(read == [])
        }
    }

    /// Each form with what tells whether bytes are one.
    private static func both() throws -> [([UInt8], ([UInt8]) -> Bool)] {
        [(try archive().bytes, { read($0) != nil }), (try memo().bytes, { readMemo($0) != nil })]
    }

    /// The reader itself, without its checksum, which another program could have made anew.
    @Test func aBodyThatIsCutShortIsNoneEvenWithItsChecksum() throws {
        for (bytes, isRead) in try Self.both() {
            let body = Array(bytes.dropFirst(33))
            #expect(isRead(Checksum.before(body)))
            #expect((0..<body.count).filter { isRead(Checksum.before(Array(body[..<$0]))) } == [])
        }
    }

    @Test func noBodyIsTheEnd() throws {
        var generator = SeededGenerator(seed: 11)
        for (bytes, isRead) in try Self.both() {
            let body = Array(bytes.dropFirst(33))
            var wrong = body, count = 0
            for index in body.indices {
                for value in [0, 0x7F, 0xFF, body[index] ^ 1 << UInt8.random(in: 0..<8, using: &generator)] {
                    wrong[index] = value
                    if isRead(Checksum.before(wrong)) { count += 1 }
                }
                wrong[index] = body[index]
            }
            #expect(count > 0, "a letter of a text may be another one: the reader was reached")
        }
    }

    @Test func whatNoLongerHoldsIsNone() throws {
        let archive = try Self.archive()
        #expect(CatalogArchive(archive.bytes, types: Registry.type(named:)) { $0 != archive.inputs } == nil)
        #expect(CatalogArchive(archive.bytes, types: { _ in nil }) { _ in true } == nil, "a type that is gone")
        #expect(archive.inputs.facts["facts.os.id"] == .some("\"debian\""))
        #expect(archive.inputs.files.keys.contains("manifests/a.yaml"))
    }

    @Test(arguments: [0, 1, -1, 127, 128, 16_383, 16_384, Int.max, Int.min])
    func numbersAreThemselvesAgain(_ number: Int) {
        var writer = ByteWriter()
        writer.write(number)
        let read = writer.bytes.withUnsafeBytes { buffer in
            var reader = ByteReader(buffer)
            return (reader.number(), reader.isBroken, reader.isAtEnd)
        }
        #expect(read == (number, false, true))
    }

    @Test(
        arguments: [
            ("more bytes than there are", [0xFF, 0x01, 0x61]),
            ("a count below zero", Array(repeating: 0xFF, count: 9) + [0x01]),
            ("a number without an end", Array(repeating: 0x80, count: 11)), ("nothing at all", []),
        ] as [(String, [UInt8])])
    func aLengthThatDoesNotFitIsBroken(_ claim: String, _ bytes: [UInt8]) {
        let isBroken = bytes.withUnsafeBytes { buffer in
            var reader = ByteReader(buffer)
            return reader.text().isEmpty && reader.isBroken
        }
        #expect(isBroken, "\(claim)")
    }
}
