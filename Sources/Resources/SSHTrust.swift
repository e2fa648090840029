public import Model

/// An account on some hosts that may log in to an account on others.
public struct SSHTrust: FleetDependent {
    public var name = PlainName.none
    public var from = TrustSide()
    public var to = TrustSide()
    public var options = Self.standardOptions
    public var addresses = false
    public var names: [KnownHostName]?
    public var identity: PlainName?
    public var mode = TrustMode.keys
    /// What the site knows of both sides; nil where it was not asked.
    var fleet: TrustFleet?
    /// nil where the site has none, or the trust asks for none.
    var authority: TrustAuthority?
    /// The host that the site is compiled for.
    private var host = ""

    public init() {}

    public static let typeName = "ssh_trust"
    public static let sharesParts = true
    public static let doc = """
        An account on some hosts that may log in to an account on others, each with a key of its own that is made on its host. \
        The hosts' facts in the site (`facts/HOSTID.json`) tell the others the keys: what they do not tell yet is a note, and \
        the next converge completes it.
        """
    public static let fields: [Field<SSHTrust>] = [
        Field(
            "name", always: \.name, .key,
            doc: "Letters, digits, `_`, `-` and `.`, beginning with a letter or digit, at most 64.",
            examples: ["deploy"]),
        Field(
            "from", always: \.from, .parameter, isRequired: true,
            doc: """
                Who logs in: `user`, and `hosts`, a condition over the hosts of the inventory that sees `facts`, `labels` and \
                `host`, as those of its groups do.
                """, examples: ["{user: deploy, hosts: 'labels.role == \"ci\"'}"]),
        Field(
            "to", always: \.to, .parameter, isRequired: true, doc: "Where: the same two words.",
            examples: ["{user: app, hosts: 'labels.role == \"web\"'}"]),
        Field(
            "mode", always: \.mode, .parameter,
            doc: """
                `keys` (the default): each host of `to` lists the keys. `ca`: an authority certifies them, by `lodestar ssh \
                sign`, and a new host of `from` needs no converge of the others. Keys that were there go when the facts of \
                their host have the certificate.
                """, examples: ["ca"]),
        Field(
            "options", always: \.options, .parameter,
            doc: "What a login may do, as sshd(8) reads it before a key; `restrict,pty` by default.",
            examples: ["'restrict,command=\"/usr/local/bin/backup\"'"]),
        Field(
            "addresses", always: \.addresses, .parameter,
            doc: "Whether each key counts only from the address in the facts of its host.", examples: ["true"]),
        Field(
            "names", \.names, .parameter,
            doc: """
                Which of the names and addresses in the facts of the hosts of `to` count: patterns with `*` and `?`. All by \
                default, also names such as github.com: the facts are the word of their host.
                """, examples: ["['*.example.org', '10.0.*']"]),
        Field(
            "identity", \.identity, .parameter,
            doc:
                "The private key's name in `~/.ssh`, `id_NAME` by default. Say the former one where the trust gets another name.",
            examples: ["id_deploy"]),
    ]
    public static let examples = [
        "deploy: {from: {user: root, hosts: 'host.id == \"law\"'}, to: {user: root, hosts: 'host.id == \"law\"'}}"
    ]
    private static let standardOptions = KeyOptions(unchecked: "restrict,pty")

    public var problems: [Problem] {
        var problems: [Problem] = []
        let words = try? KeyOptionList(options.text)
        if addresses, words?.has("from") == true {
            problems.append(Problem(at: "addresses", "expected addresses in one place, found `from` in `options` too"))
        }
        if let word = ["cert-authority", "principals"].first(where: { words?.has($0) == true }) {
            problems.append(
                Problem(at: "options", "expected what a login may do, found `\(word)`: an authority is `mode: ca`"))
        }
        if let name = names?.first(where: { $0.text.hasPrefix("[") }) {
            problems.append(Problem(at: "names", "expected names without ports, found \(name.text)"))
        }
        return problems
    }

    public var hostConditions: [HostCondition] { [HostCondition("from", from.hosts), HostCondition("to", to.hosts)] }

    public mutating func meet(_ choices: [HostChoice], _ site: some SitePayloads) throws(Diagnostic) {
        guard choices.count == 2 else { return }
        let fleet = try TrustFleet(from: choices[0], to: choices[1], of: self, in: site)
        self.fleet = fleet
        host = site.thisHost
        if mode == .ca { authority = try TrustAuthority(site, self, fleet) }
    }

    public var notes: [Problem] { (fleet?.notes(mode, authority?.key) ?? []) + certificateNotes }

    public var parts: [any Resource] {
        guard fleet != nil else { return clientParts }
        var parts: [any Resource] = []
        if fleet?.isTo == true {
            switch mode {
            case .keys: parts += keyGroup.map { [$0] } ?? []
            case .ca: parts += (authority.map { serverParts($0) } ?? []) + (keptKeys.map { [$0] } ?? [])
            }
        }
        if fleet?.isFrom == true { parts += clientParts }
        var known: Set<Address> = []
        return parts.filter { known.insert($0.address).inserted }
    }

    /// sshd reads the certificates of its keys with its configuration.
    public var relations: [PartRelation] {
        let parts = parts
        guard let authority, let server = parts.first(where: { $0 is SSHDConfig }) else { return [] }
        let names = Set(authority.ofHost.map(\.name))
        return parts.filter { ($0 as? File).map { names.contains($0.path.name) } == true }.map {
            PartRelation(from: $0, to: server, notifies: true)
        }
    }

    /// What the authority has still to do.
    private var certificateNotes: [Problem] {
        guard mode == .ca, let fleet, fleet.isFrom || fleet.isTo else { return [] }
        guard let authority else {
            return [Problem(at: "mode", "the site has no files/\(TrustFiles.authority): `lodestar ssh sign` makes it")]
        }
        let keys = fleet.isTo ? max(1, fleet.to.first { $0.id == host }?.hostKeys.count ?? 0) : 0
        let count = (fleet.isFrom && authority.ofUser == nil ? 1 : 0) + keys - authority.ofHost.count
        if count <= 0 { return [] }
        let text = "\(count) keys of \(host) have no certificate: `lodestar ssh sign` makes it from the facts"
        return [Problem(at: "mode", text)]
    }
}

extension SSHTrust {
    /// What was declared is compared, and not what the site made of it.
    public static func == (left: SSHTrust, right: SSHTrust) -> Bool { left.declared == right.declared }

    public func hash(into hasher: inout Hasher) { hasher.combine(declared) }

    private var declared: [String] { [name.text, RecordedFields(of: self).text] }
}

/// How the hosts of a trust know each other's keys.
public enum TrustMode: String, FieldValue, CaseIterable {
    case keys, ca
}
