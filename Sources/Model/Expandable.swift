/// A composite: a type that is compiled into ordinary resources, its parts. The engine meets only the parts.
public protocol Expandable: Resource where Observed == Self {
    /// What it becomes, in the order of apply where no need decides. What is wrong with a part is reported as the
    /// composite's; where only the key is known (`state: absent`), the parts still tell what they own.
    var parts: [any Resource] { get }
    /// The resources that it comes after, by the properties that mean them.
    var mentions: [Mention] { get }
}

/// The name of another resource in a property of a declaration.
public struct Mention: Sendable, Hashable {
    public var property: String
    public var address: Address
    /// Whether it may as well not be declared.
    public var isOptional: Bool

    public init(_ property: String, _ address: Address, isOptional: Bool = false) {
        self.property = property
        self.address = address
        self.isOptional = isOptional
    }
}

extension Expandable {
    public var mentions: [Mention] { [] }
    public var objects: [HostObject] { [] }
    public func observe(on host: some HostReading) throws -> Self? { nil }
    public func changes(from observed: Self?) -> [Change] { [] }
    public func steps(from observed: Self?) throws(Refusal) -> [Step] { [] }
}

/// The composite that a declaration is a part of, as it was declared.
public struct Composite: Sendable, Hashable {
    public var address: Address
    /// All of its fields: with them, what it is can be told from the ledger with no site at hand.
    public var fields: RecordedFields

    public init(_ address: Address, fields: RecordedFields) {
        self.address = address
        self.fields = fields
    }
}
