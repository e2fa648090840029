import Model
import Resources
import Testing

@Suite struct TypeProtocolTests {
    /// What a protocol tells of its types is what the runtime says of them.
    @Test(arguments: Registry.all.map(\.name))
    func aTypeTellsTheProtocolsThatItHas(name: String) throws {
        let type = try #require(Registry.type(named: name))
        #expect(type.isRemovable == (type is any Removable.Type))
        #expect(type.isRefreshable == (type is any Refreshable.Type))
        #expect(type.isOpaque == (type is any Opaque.Type))
        #expect(type.isProving == (type is any Proving.Type))
        #expect(type.isBounded == (type is any Bounded.Type))
        #expect(type.isFilling == (type is any Filling.Type))
        #expect(type.isExpandable == (type is any Expandable.Type))
        #expect(type.isRestorable == (type is any Restorable.Type))
        #expect(type.isSucceeding == (type is any Succeeding.Type))
        #expect(type.isProvisioning == (type is any Provisioning.Type))
    }

    @Test func eachProtocolHasATypeAndNoneHasAll() {
        let types = Registry.all.map(\.swiftType)
        for answers in [
            types.map { $0.isRemovable }, types.map { $0.isRefreshable }, types.map { $0.isOpaque },
            types.map { $0.isProving }, types.map { $0.isBounded }, types.map { $0.isFilling },
            types.map { $0.isExpandable }, types.map { $0.isRestorable }, types.map { $0.isSucceeding },
            types.map { $0.isProvisioning },
        ] { #expect(Set(answers) == [true, false]) }
    }
}
