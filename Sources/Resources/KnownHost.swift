import SystemFiles
public import Model

/// The keys by which ssh recognises a host.
public struct KnownHost: Resource, Removable {
    public var host = KnownHostName.none
    public var user: AccountName?
    public var aliases: [KnownHostName]?
    public var keys: Membership<PublicKey>?
    public var hashed: Bool?
    public var certAuthority = false

    public init() {}

    public static let typeName = "known_host"
    public static let doc = """
        The keys by which ssh recognises a host: in /etc/ssh/ssh_known_hosts, or in the file of one account. Lines with \
        patterns, other marks and other hosts are kept; a key that is revoked there is refused.
        """
    public static let fields: [Field<KnownHost>] = [
        Field(
            "host", always: \.host, .key, doc: "The host as it is named for ssh; case is no difference.",
            examples: ["web.example.org", "\"[web.example.org]:2222\""]),
        Field(
            "user", \.user, .parameter,
            doc: "The account in whose `~/.ssh/known_hosts` it stands, instead of the system's file.",
            examples: ["ops"]),
        Field("aliases", \.aliases, doc: "Its other names and addresses.", examples: ["[web, 192.0.2.7]"]),
        Field(
            "keys", \.keys, isRequired: true, doc: "Its public keys, without options; comments are no difference.",
            examples: ["{exactly: [ssh-ed25519 \(AuthorizedKey.sample)]}"]),
        Field(
            "hashed", \.hashed, doc: "Whether its names stand there as hashes; as they are found where it is left out.",
            examples: ["true"]),
        Field(
            "cert_authority", always: \.certAuthority, .parameter,
            doc: "Whether the keys are of authorities that certify those of the host, which may then be a pattern.",
            examples: ["true"]),
    ]
    public static let examples = [
        "web.example.org: {aliases: [192.0.2.7], keys: {exactly: [ssh-ed25519 \(AuthorizedKey.sample)]}}",
        "\"[git.example.org]:2222\": {user: root, hashed: true, keys: {at_least: [ssh-ed25519 \(AuthorizedKey.sample)]}}",
        "\"*.example.net\": {cert_authority: true, keys: {at_least: [ssh-ed25519 \(AuthorizedKey.sample)]}}",
    ]

    static let system = AbsolutePath.root.appending("etc/ssh/ssh_known_hosts")

    var record: KnownHostRecord {
        KnownHostRecord(
            names: ([host] + (aliases ?? [])).map(\.text), keys: keys ?? .exactly([]), isHashed: hashed,
            isAuthority: certAuthority, hasAliases: aliases != nil)
    }

    public var objects: [HostObject] {
        let name = certAuthority ? "authority of \(host.text)" : host.text
        return [user.map { .knownHost($0, name) } ?? .part("known host", of: Self.system, name)]
    }
    public var needs: [Need] {
        user.map { [Need(.user($0), "user")] } ?? Need.parent(of: Self.system)
            + [Need(.path(Self.system), "file"), Need(.package("openssh-client"), "package openssh-client")]
    }

    public var problems: [Problem] {
        var problems: [Problem] = []
        for (field, names) in [("host", [host]), ("aliases", aliases ?? [])] {
            if !certAuthority, let name = names.first(where: \.isPattern) {
                problems.append(
                    Problem(field, "expected a pattern only with `cert_authority: true`, found \(name.text)"))
            }
        }
        if let aliases, Set(aliases + [host]).count != aliases.count + 1 {
            problems.append(Problem("aliases", "expected each name once, and not the host's own"))
        }
        let keys = self.keys?.elements ?? []
        if keys.contains(where: { !$0.options.isEmpty }) {
            problems.append(Problem("keys", "expected keys without options"))
        }
        if keys.isEmpty { problems.append(Problem("keys", "expected a key; `state: absent` takes the host away")) }
        if hashed == true, certAuthority {
            problems.append(Problem("hashed", "ssh reads no hashed names of an authority"))
        }
        return problems
    }

    public struct Observed: Sendable {
        var path: AbsolutePath
        var isInPlace = false
        /// Whether there is something to take away.
        var isPresent = false
        /// The keys that the file has for the host.
        var keys: [PublicKey] = []
        var revoked: KnownHostLine?
        var hasFolder = true
        /// Of the account's own file.
        var owner: Owner?
        var group: Owner?
    }
}
