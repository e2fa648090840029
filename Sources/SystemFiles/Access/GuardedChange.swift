public import Model

/// What a step makes of a guarded place.
public struct GuardedChange: Sendable {
    public enum Kind: Sendable {
        case file([UInt8])
        case link(String)
        /// A new and empty one.
        case directory
        case removal
    }

    /// Where it is, through no link.
    public var place: AbsolutePath
    public var kind: Kind

    public init(at place: AbsolutePath, _ kind: Kind) {
        self.place = place
        self.kind = kind
    }

    /// What the file will be; nil for others.
    var bytes: [UInt8]? {
        if case .file(let bytes) = kind { bytes } else { nil }
    }

    /// Whether a file is there afterwards, by whatever links.
    public func leadsToFile(on host: any HostReading) throws(HostFault) -> Bool {
        let prospect = Prospect(host, self)
        return try prospect.status(of: prospect.target(of: place))?.kind == .file
    }

    public var isRemoval: Bool {
        if case .removal = kind { true } else { false }
    }
}
