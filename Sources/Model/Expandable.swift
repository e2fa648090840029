/// A composite: a type that is compiled into ordinary resources, its parts. The engine meets only the parts.
public protocol Expandable: Resource where Observed == Self {
    /// Whether several of the type may have a part in common, of which they then say the same: it stands once, and goes
    /// with the last of them.
    static var sharesParts: Bool { get }
    /// What it becomes, in the order of apply where no need decides. What is wrong with a part is reported as the
    /// composite's; where only the key is known (`state: absent`), the parts still tell what they own.
    var parts: [any Resource] { get }
    /// The resources that it comes after, by the properties that mean them.
    var mentions: [Mention] { get }
    /// What a person should know of it that is no error.
    var notes: [Problem] { get }
    /// The order among the parts that no need tells, and which of them refreshes which.
    var relations: [PartRelation] { get }
    /// What becomes of a part whose declaration is gone, where the manifest does not say it.
    func undeclaredPolicy(of part: any Resource) -> UndeclaredPolicy?
}

/// An arrow from one part of a composite to another.
public struct PartRelation: Sendable, Hashable {
    /// The part that comes first.
    public var from: Address
    /// The part that waits.
    public var to: Address
    /// Whether a change of `from` refreshes `to`.
    public var isNotification: Bool
    /// Whether its removal does, when the composite no longer has it: not where another part came in its place.
    public var notifiesWhenGone: Bool

    /// - Parameter notifies: whether a change of `from` refreshes `to`.
    public init(from: some Resource, to: some Resource, notifies: Bool, whenGone: Bool = true) {
        self.from = from.address
        self.to = to.address
        isNotification = notifies
        notifiesWhenGone = whenGone
    }
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
    public static var sharesParts: Bool { false }
    public var mentions: [Mention] { [] }
    public var relations: [PartRelation] { [] }
    public func undeclaredPolicy(of part: any Resource) -> UndeclaredPolicy? { nil }
    public var notes: [Problem] { [] }
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
