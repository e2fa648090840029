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

    /// The host that facts are of.
    ///
    /// - Parameter id: what it is called in the inventory; nil: as the facts say.
    public init(facts: FactsSnapshot, id: String?) {
        func text(_ name: String) -> String? {
            if case .string(let text)? = facts.fact(name) { text } else { nil }
        }
        let id = id ?? text("id") ?? text("hostname") ?? "unknown"
        identity = HostIdentity(id: id, name: text("hostname") ?? id, ip: text("ip"))
        self.facts = facts
    }
}
