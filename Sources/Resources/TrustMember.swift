import SystemFiles
import Model

/// What a host says of itself in a trust, as far as its facts are what they must be: each value is made by its type.
struct TrustMember: Sendable, Hashable {
    let id: String
    /// By which others reach it, the short one first.
    let names: [KnownHostName]
    let address: IPAddress?
    let hostKeys: [HostKey]
    /// That of its account in the trust; nil where it has not reported one.
    let userKey: PublicKey?
    /// That of the key, where it was valid when the facts were read.
    let userCertificate: OpenSSHCertificate?

    struct HostKey: Sendable, Hashable {
        var key: PublicKey
        /// The name of its file on the host, such as `ssh_host_ed25519_key.pub`.
        var file: String
        var certificate: OpenSSHCertificate?
    }

    init(_ member: FleetMember, of trust: SSHTrust) {
        id = member.id
        let facts = member.facts
        func text(_ value: Datum?) -> String? { if case .string(let text)? = value { text } else { nil } }
        let texts = FleetMember.nameFacts.compactMap { text(facts?[$0]) }
        let patterns = trust.names.map { $0.map { NamePattern($0.text) } }
        var names: [KnownHostName] = []
        for name in texts.compactMap({ KnownHostName($0) }) where name.isForOthers && !names.contains(name) {
            if patterns?.contains(where: { $0.matches(name.text) }) != false { names.append(name) }
        }
        self.names = names
        address = text(facts?["ip"]).flatMap { IPAddress($0) }.flatMap { $0.isForOthers ? $0 : nil }
        let secureShell = facts?["ssh"]
        let day = text(facts?["date"]).flatMap { CivilDate($0) }?.daysSinceEpoch ?? 0
        func certificate(_ value: Datum?, of key: PublicKey?, isOfHost: Bool) -> OpenSSHCertificate? {
            guard let found = text(value).flatMap({ OpenSSHCertificate(line: $0) }), found.key == key,
                found.isOfHost == isOfHost, found.validBefore > UInt64(max(0, day)) * 86400
            else { return nil }
            return found
        }
        var keys: [HostKey] = []
        if case .list(let items)? = secureShell?["host_keys"] {
            for item in items {
                guard let key = text(item["key"]).flatMap(Self.key),
                    let file = text(item["file"]).flatMap({ AbsolutePath($0) }),
                    !keys.contains(where: { $0.key == key })
                else { continue }
                keys.append(
                    HostKey(
                        key: key, file: file.name,
                        certificate: certificate(item["certificate"], of: key, isOfHost: true)))
            }
        }
        hostKeys = keys.sorted { $0.file < $1.file }
        let own = secureShell?["user_keys"]?[trust.name.text]
        userKey = text(own?["user"]) == trust.from.user.text ? text(own?["key"]).flatMap(Self.key) : nil
        userCertificate = certificate(own?["certificate"], of: userKey, isOfHost: false)
    }

    /// A key alone on one line, without options.
    private static func key(_ line: String) -> PublicKey? {
        guard let key = PublicKey(line: line), key.options.isEmpty, !key.type.contains("-cert-") else { return nil }
        return PublicKey(type: key.type, blob: key.blob)
    }

    /// Whether its account can show a certificate of an authority.
    func isCertified(by authority: PublicKey?) -> Bool {
        userCertificate.map { $0.authority == authority?.blob } ?? false
    }

    /// Whether it can show one itself.
    func isCertifiedHost(by authority: PublicKey?) -> Bool {
        hostKeys.contains { $0.certificate.map { $0.authority == authority?.blob } ?? false }
    }

    /// Whether others can tell that they have reached it.
    var isReachable: Bool { !names.isEmpty && !hostKeys.isEmpty }
}

extension KnownHostName {
    /// Whether it can mean a host for another one: no pattern, and not every host's own name or address.
    fileprivate var isForOthers: Bool {
        if isPattern || text.hasPrefix("[") { return false }
        if let address = IPAddress(text) { return address.isForOthers }
        return text != "localhost" && !text.hasPrefix("localhost.") && !text.hasSuffix(".localhost")
    }
}

extension IPAddress {
    fileprivate var isForOthers: Bool {
        let address = unmapped.bytes
        return address.count == 4 ? address[0] != 127 && address[0] != 0 : address.dropLast().contains { $0 != 0 }
    }
}

extension [TrustMember] {
    /// A name that others would believe to be one host's, and that another host of the inventory has too: one of the trust or not.
    func rivals(among names: FleetNames) -> Diagnostic? {
        let all = lazy.flatMap { member in
            member.names.lazy.compactMap { name in names.rivals(of: member.id, for: name.text).map { (name.text, $0) } }
        }
        guard let (name, rivals) = all.first(where: \.1.isIdentity) ?? all.first else { return nil }
        let second = rivals.isIdentity ? "as the id of \(rivals.second)" : "of \(rivals.second)"
        return Diagnostic(
            "expected each name of one host, found \(name) in the facts of \(rivals.first) and \(second)", at: nil,
            hint: """
                facts are the word of the host that they come from: look which of both is wrong; where both may have it, say \
                in `names` which ones count
                """)
    }

    /// Two hosts that claim one thing: each speaks only for itself, and nobody can tell which of both lies.
    func rivals(_ what: String, _ claims: (TrustMember) -> [(claim: String, shown: String)]) -> Diagnostic? {
        var holders: [String: String] = [:]
        for member in self {
            for (claim, text) in claims(member) {
                if let other = holders[claim], other != member.id {
                    return Diagnostic(
                        "expected \(what) of one host, found \(text) in the facts of \(other) and of \(member.id)",
                        at: nil, hint: "facts are the word of the host that they come from: look which of both is wrong"
                    )
                }
                holders[claim] = member.id
            }
        }
        return nil
    }
}
