public import Model

/// The present work of a run, for a person who watches.
public struct Progress: Sendable {
    /// The resource that is observed or whose steps are performed; the first of several.
    public var address: Address
    /// How many others are performed with it.
    public var otherCount: Int
    /// How many resources are done, whatever came of them.
    public var doneCount: Int
    /// How many resources the plan has.
    public var count: Int
}
