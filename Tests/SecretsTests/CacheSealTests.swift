import Secrets
import Testing

/// What is sealed is opened by its key, under its name, whole, or not at all.
@Suite struct CacheSealTests {
    private let plain = Array("CANARY-7f3a9c-tale".utf8)

    @Test func whatIsSealedIsOpenedAgain() throws {
        let seal = try #require(CacheSeal(key: CacheSeal.newKey()))
        let sealed = try #require(seal.sealed(plain, as: "a"))
        #expect(seal.opened(sealed, as: "a") == plain)
        #expect(CacheSeal.isSealed(sealed) && !CacheSeal.isSealed(plain))
        #expect(!String(decoding: sealed, as: UTF8.self).contains("CANARY"))
        #expect(seal.sealed(plain, as: "a") != sealed, "each time under another number")
    }

    @Test func nothingElseIsOpened() throws {
        let key = CacheSeal.newKey(), seal = try #require(CacheSeal(key: key))
        let sealed = try #require(seal.sealed(plain, as: "a"))
        #expect(seal.opened(sealed, as: "b") == nil)
        #expect(CacheSeal(key: CacheSeal.newKey())?.opened(sealed, as: "a") == nil)
        #expect((0..<sealed.count).filter { seal.opened(Array(sealed[..<$0]), as: "a") != nil } == [])
        #expect(seal.opened(sealed + [0], as: "a") == nil)
        for index in sealed.indices {
            var wrong = sealed
            wrong[index] ^= 1
            #expect(seal.opened(wrong, as: "a") == nil, "byte \(index)")
        }
        #expect(CacheSeal(key: Array(key.dropLast())) == nil && CacheSeal(key: []) == nil)
    }
}
