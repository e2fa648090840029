/// The key by which an account of a host logs in to the hosts of a trust, as the client's configuration names it (ssh_config(5)).
public struct TrustIdentity: Sendable, Hashable {
    public var user: String
    /// Below the account's home, such as `.ssh/id_deploy`.
    public var file: String

    public init(user: String, file: String) {
        self.user = user
        self.file = file
    }

    /// Where the configuration of trusts is, one file for each, without the leading slash.
    public static let folder = "etc/ssh/ssh_config.d"
    /// Where the certificates of trusts and the keys of their authority are, without the leading slash.
    public static let certificates = "etc/ssh/lodestar-trust"
    private static let prefix = "60-lodestar-trust-", suffix = ".conf"

    public static func fileName(of trust: String) -> String { "\(prefix)\(trust)\(suffix)" }

    /// The trust whose configuration a file has; nil for one of somebody else.
    public static func trust(ofFile name: String) -> String? {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
        let trust = name.dropFirst(prefix.count).dropLast(suffix.count)
        return trust.isEmpty ? nil : String(trust)
    }

    private static let match = "Match localuser ", identityFile = "IdentityFile %d/"

    /// The first lines of the configuration.
    ///
    /// - Parameter criteria: when the key is used.
    public func lines(when criteria: String) -> [String] {
        ["\(Self.match)\(user) \(criteria)", "    \(Self.identityFile)\(file)"]
    }

    /// Reads a configuration that `lines` made; nil for another.
    public init?(lines: [Substring]) {
        guard let block = lines.first(where: { $0.hasPrefix(Self.match) }),
            let user = block.dropFirst(Self.match.count).split(separator: " ").first,
            let line = lines.map(\.trimmed).first(where: { $0.hasPrefix(Self.identityFile) })
        else { return nil }
        let file = line.dropFirst(Self.identityFile.count)
        guard !file.isEmpty,
            !file.split(separator: "/", omittingEmptySubsequences: false).contains(where: {
                ["", ".", ".."].contains($0)
            })
        else { return nil }
        self.init(user: String(user), file: String(file))
    }
}
