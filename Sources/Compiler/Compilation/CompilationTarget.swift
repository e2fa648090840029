public import Model

/// The host that a site is compiled for.
public struct CompilationTarget {
    public var identity: HostIdentity
    /// nil: the host's facts are not known, and only what does not depend on them is compiled.
    public var facts: (any FactSource)?

    public init(identity: HostIdentity, facts: (any FactSource)?) {
        self.identity = identity
        self.facts = facts
    }
}
