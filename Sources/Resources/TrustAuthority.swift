import SystemFiles
import Model

/// What the site has of the authority that certifies the keys of trusts, as far as one host needs it.
struct TrustAuthority: Sendable, Hashable {
    struct Certificate: Sendable, Hashable {
        /// Its name on the host, such as `ssh_host_ed25519_key-cert.pub`.
        var name: String
        var bytes: [UInt8]
    }

    var key: PublicKey
    /// What sshd takes for the list of revoked keys; empty: nothing is revoked.
    var revoked: [UInt8]
    var ofHost: [Certificate] = []
    var ofUser: Certificate?

    /// nil where the site has no authority yet.
    init?(_ site: some SitePayloads, _ trust: SSHTrust, _ fleet: TrustFleet) throws(Diagnostic) {
        guard let bytes = try site.payload(TrustFiles.authority) else { return nil }
        let line = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        guard let key = PublicKey(line: line), key.options.isEmpty else {
            throw Diagnostic("expected a public key in files/\(TrustFiles.authority)", at: nil)
        }
        self.key = PublicKey(type: key.type, blob: key.blob)
        revoked = try site.payload(TrustFiles.revoked) ?? []
        let host = site.thisHost
        func certificate(_ name: String, of key: PublicKey, isOfHost: Bool) throws(Diagnostic) -> Certificate? {
            guard let bytes = try site.payload(TrustFiles.certificate(name, of: host)),
                let found = OpenSSHCertificate(line: String(decoding: bytes, as: UTF8.self)), found.key == key,
                found.authority == self.key.blob, found.isOfHost == isOfHost
            else { return nil }
            return Certificate(name: name, bytes: bytes)
        }
        if fleet.isTo, let member = fleet.to.first(where: { $0.id == host }) {
            for hostKey in member.hostKeys {
                let name = TrustFiles.certificateName(of: hostKey.file)
                if let found = try certificate(name, of: hostKey.key, isOfHost: true) { ofHost.append(found) }
            }
        }
        if fleet.isFrom, let key = fleet.from.first(where: { $0.id == host })?.userKey {
            ofUser = try certificate(TrustFiles.userCertificate(of: trust.name.text), of: key, isOfHost: false)
        }
    }
}

/// Where the files of trusts are, in a site and on a host.
public enum TrustFiles {
    /// Below `files/` of a site.
    public static let authority = "ssh/ca.pub"
    public static let revoked = "ssh/revoked.krl"
    public static let certificates = "ssh/certificates"
    public static func certificate(_ name: String, of host: String) -> String { "\(certificates)/\(host)/\(name)" }

    /// Of a host, without the leading slash.
    public static let folder = TrustIdentity.certificates
    static let place = AbsolutePath.root.appending(folder)

    static func userCertificate(of trust: String) -> String { "\(trust)-cert.pub" }
    /// - Parameter file: that of the public key.
    static func certificateName(of file: String) -> String {
        "\(file.hasSuffix(".pub") ? String(file.dropLast(4)) : file)-cert.pub"
    }
}
