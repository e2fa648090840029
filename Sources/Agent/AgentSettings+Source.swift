public import Model

/// Whose commits the agent takes of a repository somewhere else, or whose bundles.
public struct SourceTrustSettings: Sendable, Hashable {
    /// Files, as `--signers` and `--revoked` take them.
    public var signers: AbsolutePath?
    public var revoked: AbsolutePath?
    /// Fingerprints.
    public var keys: [String] = []
    /// Whether somebody wrote that no signature is asked.
    public var isWaived = false
    /// The authorities that an https server is believed by.
    public var authority: AbsolutePath?

    /// How old the newest commit may be; nil: as old as it is.
    public var longestAge: Duration?

    /// Whether a text has the form of a key's fingerprint.
    static func isFingerprint(_ text: String) -> Bool { text.hasPrefix("SHA256:") && text.utf8.count == 50 }

    /// The least that makes sense for it; seconds.
    public static let leastAge: Int64 = 3600

    public init() {}

    /// The options of `plan` and `apply` that say the same. A commit that is not trusted keeps the last one that was going.
    public var options: [String] {
        var options = isWaived ? ["--trust", "none"] : ["--last-trusted"]
        if let signers { options += ["--signers", signers.text] }
        for key in keys { options += ["--key", key] }
        if let revoked { options += ["--revoked", revoked.text] }
        if let longestAge { options += ["--expires-after", "\(longestAge.components.seconds)s"] }
        if let authority { options += ["--ca", authority.text] }
        return options
    }
}

extension AgentSettings.Converge {
    /// The words of the command that converges the site, behind the program's name; nil without a source.
    ///
    /// - Parameters:
    ///   - mode: what is done about differences.
    ///   - root: the root that is managed.
    public func command(_ mode: AgentSettings.Mode, root: String) -> [String]? {
        guard let source else { return nil }
        return [mode.command, source.text, "--root", root] + (mode == .apply ? ["--unattended"] : [])
            + (trust?.options ?? [])
    }

    /// Reads the path of a site, or a mapping for a repository somewhere else or a bundle.
    mutating func readSource(_ reader: NodeReader, into diagnostics: inout Diagnostics) {
        guard let node = reader["source"], case .map = node.content else {
            let path: AbsolutePath? = reader.decoded("source", into: &diagnostics)
            source = path.map { SiteSource(parsing: $0.text) }
            if case .bundle(let bundle)? = source {
                source = nil
                diagnostics.add(
                    Diagnostic(
                        "expected whose bundles count, found none", at: reader["source"]?.place,
                        hint: "source: {bundle: \(bundle.path), trust: {signers: /etc/lodestar/allowed_signers}}"))
            }
            return
        }
        let reader = NodeReader(
            node, allowed: ["url", "bundle", "ref", "folder", "ca", "trust", "breaker"], what: "source",
            into: &diagnostics)
        var trust = SourceTrustSettings()
        trust.authority = reader.decoded("ca", into: &diagnostics)
        let ref = reader.value("ref", GitRefName.expectation, into: &diagnostics) { GitRefName($0)?.text }
        let folder = reader.value("folder", "a folder of the repository such as `sites/prod`", into: &diagnostics) {
            AbsolutePath("/\($0)") == nil ? nil : $0
        }
        if reader["breaker"] != nil {
            var count = 0
            reader.read("breaker", &count, in: 0...1000, into: &diagnostics)
            breaker = count == 0 ? nil : count
        }
        if let trustNode = reader["trust"] {
            trust.read(trustNode, into: &diagnostics)
        } else {
            diagnostics.add(
                Diagnostic(
                    "expected `trust` of the source, found none", at: node.place,
                    hint: "trust: {signers: /etc/lodestar/allowed_signers}; `none` follows whoever can write there"))
        }
        if reader["bundle"] != nil {
            let isOnWeb = reader["bundle"]?.text.map { WebAddress.isMeant(by: $0) } == true
            for key in ["url", "ref", "folder"] + (isOnWeb ? [] : ["ca"]) where reader[key] != nil {
                diagnostics.add(
                    Diagnostic("expected `bundle` without `\(key)`, found both", at: reader[key]?.place))
            }
            let path =
                isOnWeb ? reader["bundle"]?.text : (reader.decoded("bundle", into: &diagnostics) as AbsolutePath?)?.text
            guard let path else { return }
            let bundle = BundleSource(path: path)
            guard BundleSource.isName(path), bundle.addressProblem == nil else {
                return diagnostics.add(
                    Diagnostic(
                        "`bundle`: \(bundle.addressProblem ?? "expected the path or the address of a bundle, found `\(path)`")",
                        at: reader["bundle"]?.place,
                        hint: "https://HOST/PATH/NAME\(BundleSource.suffix), or a path that ends so"))
            }
            (source, self.trust) = (.bundle(bundle), trust)
            return
        }
        guard reader["url"] != nil else {
            return diagnostics.add(
                Diagnostic("expected `url` or `bundle` of the source, found neither", at: node.place))
        }
        let address: GitAddress? = reader.decoded("url", into: &diagnostics)
        guard let address else { return }
        guard address.directory == nil else {
            return diagnostics.add(
                Diagnostic(
                    "`url`: expected a repository somewhere else, found a directory", at: reader["url"]?.place,
                    hint: "for a repository of this host write `source: /srv/site.git#main`"))
        }
        if BundleSource.isName(address.text) {
            return diagnostics.add(
                Diagnostic(
                    "`url`: expected a repository, found a bundle", at: reader["url"]?.place,
                    hint: "write `bundle: \(address.text)`"))
        }
        let remote = SiteSource.remote(
            CommitSource(directory: address.text, revision: ref ?? "HEAD", folder: folder))
        if let problem = remote.problemToFollow {
            return diagnostics.add(
                Diagnostic("`url`: \(problem.reason)", at: reader["url"]?.place, hint: problem.hint))
        }
        source = remote
        self.trust = trust
    }
}

extension AgentSettings.Mode {
    /// The command that does it.
    public var command: String { self == .apply ? "apply" : "plan" }
}

extension SourceTrustSettings {
    fileprivate mutating func read(_ node: Node, into diagnostics: inout Diagnostics) {
        if node.text == "none" {
            isWaived = true
            return
        }
        let count = diagnostics.list.count
        let reader = NodeReader(
            node, allowed: ["signers", "keys", "revoked", "expires_after"], what: "trust", into: &diagnostics)
        signers = reader.decoded("signers", into: &diagnostics)
        revoked = reader.decoded("revoked", into: &diagnostics)
        if reader["expires_after"] != nil {
            var age = Duration.zero
            reader.read(
                "expires_after", &age, in: .seconds(Self.leastAge) ... .seconds(3660 * 86_400), into: &diagnostics)
            longestAge = age
        }
        keys =
            reader.values("keys", "a fingerprint such as SHA256:...", into: &diagnostics) {
                Self.isFingerprint($0) ? $0 : nil
            } ?? []
        if reader["signers"] == nil, reader["keys"] == nil, diagnostics.list.count == count {
            diagnostics.add(Diagnostic("expected `signers` or `keys` in trust, found neither", at: node.place))
        }
    }
}
