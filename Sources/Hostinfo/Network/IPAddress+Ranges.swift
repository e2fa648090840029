import Values

extension IPAddress {
    static let loopbacks = prefixes(["127.0.0.0/8", "::1/128"])
    static let linkLocals = prefixes(["169.254.0.0/16", "fe80::/10"])
    static let groups = prefixes(["224.0.0.0/4", "ff00::/8"])
    static let unspecified = prefixes(["0.0.0.0/8", "::/128"])
    /// Unique local addresses (RFC 4193).
    static let locals = prefixes(["fc00::/7"])

    private static func prefixes(_ texts: [String]) -> [IPPrefix] { texts.compactMap { IPPrefix($0) } }

    func isIn(_ prefixes: [IPPrefix]) -> Bool { prefixes.contains { $0.contains(self) } }

    /// A unique local address, which a global one comes before.
    var isUniqueLocal: Bool { isIn(Self.locals) }
}
