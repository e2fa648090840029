import SystemFiles
import Hostinfo
import LinuxHostinfo
import Model
import Resources
import SystemCalls

/// The certificates of trusts that a host has, and when they end.
enum CertificateEnds {
    /// When a certificate that ends is worth a warning: seven days before, in seconds.
    private static let margin: Int64 = 7 * 86400

    /// Warns of those that end soon, or have ended.
    static func report(root: String) {
        let tree = HostTree(root: root), now = SystemClock.seconds
        for name in tree.names(in: TrustFiles.folder) ?? [] where name.hasSuffix("-cert.pub") {
            guard case .bytes(let bytes) = tree.read("\(TrustFiles.folder)/\(name)"),
                let certificate = OpenSSHCertificate(line: String(decoding: bytes, as: UTF8.self)),
                let end = Int64(exactly: certificate.validBefore), end - now < margin
            else { continue }
            Terminal.report(
                "warning: /\(TrustFiles.folder)/\(name) \(end < now ? "ended" : "ends") on \(Timestamp.text(seconds: end)): "
                    + "`lodestar ssh sign` makes another")
        }
    }
}
