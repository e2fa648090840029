/// A type whose objects a host can be asked for: `lodestar import` writes them down as a person would.
public protocol Importable: Resource {
    /// Adds what the host has of the type and a fresh one would not have, with only what has to be said about it.
    static func addImports(from host: some HostReading, to findings: inout Findings<Self>) throws
}

/// What was found of one type on a host.
public struct Findings<Kind: Resource> {
    public struct Finding {
        public var resource: Kind
        /// What a person should know of it; nil for nothing.
        public var comment: String?
    }

    public private(set) var list: [Finding] = []
    /// What the host has and no declaration here says, and why.
    public private(set) var omissions: [String] = []

    public init() {}

    public mutating func add(_ resource: Kind, comment: String? = nil) {
        list.append(Finding(resource: resource, comment: comment))
    }

    public mutating func omit(_ text: String) { omissions.append(text) }
}
