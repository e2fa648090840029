/// A free value: a fact, a label, a value of a data layer. Maps keep their order.
public indirect enum Datum: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case list([Datum])
    case map([Member])

    public struct Member: Sendable, Hashable {
        public var key: String
        public var value: Datum

        public init(_ key: String, _ value: Datum) {
            self.key = key
            self.value = value
        }
    }

    public subscript(key: String) -> Datum? {
        guard case .map(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }
}

extension Datum: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: Datum...) { self = .list(elements) }
    public init(dictionaryLiteral elements: (String, Datum)...) { self = .map(elements.map { Member($0.0, $0.1) }) }
}
