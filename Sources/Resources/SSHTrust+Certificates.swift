import Model

extension SSHTrust {
    /// What a certificate says of a login, and the account's file of principals too.
    var principal: String { "trust:\(name.text)" }

    /// What sshd has of all trusts: their authority, what it revoked, and who may log in to the account.
    func serverParts(_ authority: TrustAuthority) -> [any Resource] {
        let principals = TrustFiles.place.appending("principals"), accounts = principals.appending(to.user.text)
        var names = Self.file(accounts)
        names.initial = ""
        var line = Line()
        line.name = "\(address) to \(to.user)"
        line.path = accounts
        line.text = Content([options.text, principal].filter { !$0.isEmpty }.joined(separator: " "))
        let certificates = authority.ofHost.map { Self.file(TrustFiles.place.appending($0.name), $0.bytes) }
        var settings: [DropInSettings.Setting] = [
            .init(keyword: "TrustedUserCAKeys", values: [Self.authorityFile.text]),
            .init(keyword: "AuthorizedPrincipalsFile", values: [principals.appending("%u").text]),
            .init(keyword: "RevokedKeys", values: [Self.revokedFile.text]),
        ]
        if !certificates.isEmpty {
            settings.append(.init(keyword: "HostCertificate", values: certificates.map(\.path.text)))
        }
        var configuration = SSHDConfig()
        if let name = PlainName("60-lodestar-trust") { configuration.name = name }
        configuration.settings = DropInSettings(settings)
        configuration.exclusive = true
        return [
            Self.directory(TrustFiles.place), Self.directory(principals),
            Self.file(Self.authorityFile, Array("\(authority.key.line)\n".utf8)),
            Self.file(Self.revokedFile, authority.revoked), names, line,
        ] + certificates + [configuration]
    }

    /// The certificate of this host's account, and the authority that certifies the keys of the hosts.
    func clientParts(_ authority: TrustAuthority, _ hosts: [TrustMember]) -> (parts: [any Resource], lines: [String]) {
        let known = hosts.map { host in
            var entry = KnownHost()
            entry.host = host.names[0]
            entry.aliases = Array(host.names.dropFirst())
            entry.keys = .exactly([authority.key])
            entry.certAuthority = true
            return entry
        }
        var parts: [any Resource] = [
            Self.directory(TrustFiles.place), Self.file(Self.revokedFile, authority.revoked),
        ]
        var lines = ["RevokedHostKeys \(Self.revokedFile)"]
        if let certificate = authority.ofUser {
            let file = Self.file(TrustFiles.place.appending(certificate.name), certificate.bytes)
            parts.append(file)
            lines.append("CertificateFile \(file.path)")
        }
        return (parts + known, lines)
    }

    private static let authorityFile = TrustFiles.place.appending("ca.pub")
    private static let revokedFile = TrustFiles.place.appending("revoked.krl")

    static func file(_ path: AbsolutePath, _ bytes: [UInt8]? = nil) -> File {
        var file = File()
        file.path = path
        file.content = bytes.map { .whole(Content($0)) }
        (file.owner, file.group, file.mode) = (.name(.root), .name(.root), FileMode(Permissions(0o644)))
        return file
    }

    private static func directory(_ path: AbsolutePath) -> Directory {
        var directory = Directory()
        directory.path = path
        (directory.owner, directory.group, directory.mode) = (
            .name(.root), .name(.root), FileMode(Permissions(0o755))
        )
        return directory
    }
}

/// A certificate that a trust needs: what its authority is asked to sign.
public struct CertificateRequest: Sendable, Hashable {
    /// Below `files/` of the site.
    public var path: String
    /// The public key as a line.
    public var key: String
    public var isOfHost: Bool
    /// What sshd logs of it.
    public var identity: String
    public var principals: [String]
    /// Options of ssh-keygen(1) for the certificate of a user.
    public var options: [String]
}

extension SSHTrust {
    /// What a host of this trust needs; empty where its facts do not tell it.
    public func requests(of host: String) -> [CertificateRequest] {
        guard mode == .ca, let fleet else { return [] }
        var requests: [CertificateRequest] = []
        if fleet.isFrom, let member = fleet.from.first(where: { $0.id == host }), let key = member.userKey,
            !addresses || member.address != nil
        {
            requests.append(
                CertificateRequest(
                    path: TrustFiles.certificate(TrustFiles.userCertificate(of: name.text), of: host), key: key.line,
                    isOfHost: false, identity: "\(principal) \(host)", principals: [principal],
                    options: certificateOptions(member)))
        }
        if fleet.isTo, let member = fleet.to.first(where: { $0.id == host }), member.isReachable {
            requests += member.hostKeys.map { hostKey in
                CertificateRequest(
                    path: TrustFiles.certificate(TrustFiles.certificateName(of: hostKey.file), of: host),
                    key: hostKey.key.line, isOfHost: true, identity: host, principals: member.names.map(\.text),
                    options: [])
            }
        }
        return requests
    }

    /// A certificate permits no more than the options of the login do; sshd takes what both allow.
    private func certificateOptions(_ member: TrustMember) -> [String] {
        let words = Set((try? KeyOptionList(options.text))?.list.map(\.name) ?? [])
        var result = addresses ? member.address.map { ["source-address=\($0.text)"] } ?? [] : []
        if words.contains("restrict") {
            let permissions = ["agent-forwarding", "port-forwarding", "pty", "user-rc", "x11-forwarding"]
            result += ["clear"] + permissions.filter { words.contains($0) }.map { "permit-\($0)" }
            // `clear` takes away what stands before it.
            if addresses { result = Array(result.dropFirst()) + result.prefix(1) }
        }
        return result
    }
}
