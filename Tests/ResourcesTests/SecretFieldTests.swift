import Model
import Resources
import Testing

@Suite struct SecretFieldTests {
    private static func hint<Type: Resource>(_ type: Type.Type, _ field: String) -> String? {
        let place = Place(file: SourceFile("test.yaml"), line: 1, column: 1)
        let entry = Node.Entry(key: field, keyPlace: place, value: Node(.string("x"), at: place, isSecret: true))
        var faults = Diagnostics()
        _ = Type.decoded(key: Node(.string("root"), at: place), fields: [entry], into: &faults)
        return faults.list.first?.hint
    }

    @Test func whereASecretMayStandIsToldFromTheTable() {
        #expect(Self.hint(Package.self, "version") == "a package has no property for a secret")
        #expect(Self.hint(User.self, "comment") == "secrets of a user may stand in `password`")
        #expect(Self.hint(Service.self, "enabled") == "secrets of a service may stand in `unit`")
        #expect(Self.hint(Command.self, "user") == "secrets of a command may stand in `env`, `stdin`")
    }
}
