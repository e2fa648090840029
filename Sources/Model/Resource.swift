/// Something on a host that can be declared: one file, one account, one package.
///
/// A value of the type is used for the desired state and, by default, for the observed state; `nil` fields are not
/// managed. See Docs/adding-a-resource-type.md for a complete example.
public protocol Resource: Sendable, Hashable {
    associatedtype Observed: Sendable = Self

    /// The word of manifests and addresses, in snake_case and the singular.
    static var typeName: String { get }
    /// What the type is for: the first paragraph of its reference page.
    static var doc: String { get }
    /// The table of its fields; the first is the key.
    static var fields: [Field<Self>] { get }
    /// Complete declarations as they stand in a manifest, in YAML: the reference page shows them, the laws run on them.
    static var examples: [String] { get }
    /// Whether the object carries data that un-declaring must not destroy unasked.
    static var bearsData: Bool { get }
    /// Whether the object bears a mark of Lodestar's: nobody else has made it, also where it was found.
    static var bearsMark: Bool { get }
    /// Which further protocols the type takes part in, told by those protocols: to ask the runtime for one costs more than
    /// most of what is done with the answer.
    static var isRemovable: Bool { get }
    static var isRefreshable: Bool { get }
    static var isOpaque: Bool { get }
    static var isProving: Bool { get }
    static var isBounded: Bool { get }
    static var isFilling: Bool { get }
    static var isExpandable: Bool { get }
    static var isRestorable: Bool { get }
    static var isSucceeding: Bool { get }
    static var isProvisioning: Bool { get }

    /// An instance with nothing managed; decoding fills it.
    init()

    /// The objects on the host that this resource owns. Two owners of one object are a compile error.
    var objects: [HostObject] { get }
    /// What else is there once it is in place, such as a user's home: others may need it.
    var provisions: [HostObject] { get }
    /// What it needs on the host, for automatic edges.
    var needs: [Need] { get }
    /// The paths that a directory above must leave alone: by default what the declaration's fields tell.
    func claims(on host: some HostReading) throws -> [AbsolutePath]
    /// The questions that observing may ask the host, known before so that one answer serves many resources.
    var probes: [Probe] { get }
    /// What is wrong with the declaration as a whole, such as two properties that exclude each other.
    var problems: [Problem] { get }

    /// The actual state; nil when nothing is there and nothing else has to be known.
    ///
    /// - Throws: `Refusal` for what makes the desired state impossible, `HostFault` for what could not be read.
    func observe(on host: some HostReading) throws -> Observed?
    /// Whether the object is there, for types whose observation also tells what surrounds it.
    func isPresent(in observed: Observed) -> Bool
    /// Why the effect cannot be predicted; nil where the resource is in place or the effect is known.
    func uncertainty(of observed: Observed?) -> String?
    /// The properties that differ; every property that is declared when nothing is there.
    func changes(from observed: Observed?) -> [Change]
    /// What brings the host from the observed state to the desired one; empty when nothing differs.
    func steps(from observed: Observed?) throws(Refusal) -> [Step]
    /// What is no difference and a person should know, such as an undeclared entry: one line each; lower case, no full stop.
    ///
    /// - Parameters:
    ///   - observed: the actual state, before the steps.
    ///   - changes: what is about to change.
    func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
}

/// A resource whose object can be taken away: `state: absent`, un-declaring.
public protocol Removable: Resource {
    /// What removes the object; the engine calls it only when it is there.
    func removal(of observed: Observed) throws(Refusal) -> [Step]
    /// What removes the object with the data that it bears, where `on_undeclare: remove` says so; by default the same.
    func removalWithData(of observed: Observed) throws(Refusal) -> [Step]
    /// What goes away when the declaration is gone: by default the same as with `state: absent`.
    var undeclared: Self { get }
    /// What stays of the object when it goes and a person should know; one line each, asked only where it will go.
    func remains(of observed: Observed, on host: some HostReading) throws -> [String]
}

extension Removable {
    public var undeclared: Self { self }
    public func remains(of observed: Observed, on host: some HostReading) throws -> [String] { [] }
    public func removalWithData(of observed: Observed) throws(Refusal) -> [Step] { try removal(of: observed) }
}

/// A resource that does something when what it depends on has changed: restart, reload, run again.
public protocol Refreshable: Resource {
    /// What a refresh does; it must bear repetition. Empty: nothing to do on this host.
    ///
    /// - Parameter changes: what this run changed about the resource itself; what was just started is not restarted.
    func refresh(on host: some HostReading, after changes: [Change]) throws -> [Step]
}

/// A resource whose refresh tells whether what notified it works. Where it does not, that goes back to what it was before
/// the run.
public protocol Proving: Refreshable {
    /// What is asked and what must be answered, for a plan.
    var claim: String { get }
}

/// A resource of install profiles, and of nothing else.
public protocol Provisioning: Resource {}

/// A resource with an unpredictable effect: a command. Observing again does not verify what it did.
public protocol Opaque: Resource {}

/// A resource that may take the place of another kind of object at its path.
public protocol Replacing: Resource {
    var replace: Bool? { get set }
}

/// A resource that takes away parts of what was last applied and is no longer declared, such as the files of a tree.
public protocol Succeeding: Resource {
    /// Takes note of what was last applied.
    ///
    /// - Parameter previous: made from what the ledger recorded: contents are withheld.
    mutating func succeed(_ previous: Self)
    /// What the ledger must say until the change is complete: the old parts and the new.
    var whileChanging: Self { get }
}

/// A resource that brings files and folders below its path that no declaration names: what is declared there comes after it.
public protocol Filling: Resource {
    var path: AbsolutePath { get }
}

/// A resource whose object may hold what others made there: where that is so, un-declaring it releases it.
public protocol Containing: Removable {}

/// A reason, known before anything is done, why a resource cannot be brought to its desired state.
public struct Refusal: Error, Sendable, Hashable {
    public var reason: String
    public var hint: String?
    /// Whether something that is needed is not there, and may come with something else.
    public var isMissing: Bool

    public init(_ reason: String, hint: String? = nil, isMissing: Bool = false) {
        self.reason = reason
        self.hint = hint
        self.isMissing = isMissing
    }
}

extension Resource {
    public static var bearsData: Bool { false }
    public static var bearsMark: Bool { false }
    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        []
    }
    public var needs: [Need] { [] }
    public var provisions: [HostObject] { [] }
    public var probes: [Probe] { [] }
    public func isPresent(in observed: Observed) -> Bool { true }
    public func uncertainty(of observed: Observed?) -> String? { nil }
    public var problems: [Problem] { [] }

    /// The text that follows the type in the address.
    public var key: String {
        guard case .string(let text)? = Self.fields.first?.render(self) else { return "" }
        return text
    }

    public var address: Address { Address(type: Self.typeName, key: key) }
}
