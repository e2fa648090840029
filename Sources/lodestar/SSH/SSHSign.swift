import ArgumentParser
import SystemFiles
import Model
import OperatorFiles
import Resources
import SystemCalls

/// `lodestar ssh sign`: certificates for all keys of the site's trusts.
struct SSHSign: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Signs the keys of the accounts and hosts of all trusts by certificates.",
        discussion: """
            The keys are those in the site's facts; the certificates go to files/ssh/certificates, the authority's public key \
            to files/ssh/ca.pub. ssh-keygen signs: a key with a passphrase, a key in an agent (name its public half) and a \
            hardware key will do. A key that is revoked is not signed.
            Example: lodestar ssh sign --ca ~/.ssh/trust_ca mysite
            """)

    @OptionGroup var site: SiteArgument

    @Option(help: ArgumentHelp("The authority's private key; its public one for a key in an agent.", valueName: "file"))
    var ca: String

    @Option(help: ArgumentHelp("How long the certificates are valid.", valueName: "time"))
    var valid = "30d"

    func run() throws {
        guard let time = Duration(text: valid), (.seconds(3600)...Duration.seconds(3660 * 86400)).contains(time) else {
            Terminal.report("error: expected a time from 1h to 10 years such as 30d, found `\(valid)`")
            throw ExitCode(64)
        }
        let files = AuthorityFiles(site: try site.directory())
        let session = try Session(site.source, identity: nil)
        let requests = try AuthorityFiles.requests(session)
        try Terminal.reportingFaults {
            try KeyGenerator.withFolder { generator in
                let authority = try takeAuthority(files, generator)
                var serial = try files.lastSerial(), signed = 0
                for (position, request) in requests.enumerated() {
                    // Without a comment, ssh-keygen writes the name of this file into the certificate.
                    let key = try generator.file("\(position).pub", "\(request.key) \(request.identity)\n")
                    if try isRevoked(key, files, generator) {
                        Terminal.report("note: the key of \(request.identity) is revoked, and not signed".printable)
                        continue
                    }
                    serial += 1
                    // The number is spent before it is used: none is given twice.
                    try files.keep(serial: serial)
                    try generator.run(arguments(request, serial, time) + [key])
                    let made = try LocalFiles.contents(of: "\(generator.folder)/\(position)-cert.pub", limit: 1 << 16)
                    let certificate = made.flatMap { OpenSSHCertificate(line: String(decoding: $0, as: UTF8.self)) }
                    guard let made, certificate?.authority == authority.blob else {
                        throw HostFault("sign", request.identity, "`\(ca)` is not the private key of \(files.key)")
                    }
                    try files.write(made, to: request.path)
                    signed += 1
                }
                Terminal.print("signed \(signed) keys; valid for \(time.text)")
            }
        }
    }

    private func arguments(_ request: CertificateRequest, _ serial: UInt64, _ time: Duration) -> [String] {
        let signer = ca.hasSuffix(".pub") ? ["-U", "-s", ca] : ["-s", ca]
        // Clocks differ by some minutes.
        let interval = "-5m:+\(time.components.seconds)s"
        return ["-q"] + signer + (request.isOfHost ? ["-h"] : [])
            + [
                "-I", request.identity, "-n", request.principals.joined(separator: ","), "-z", "\(serial)", "-V",
                interval,
            ]
            + request.options.flatMap { ["-O", $0] }
    }

    /// The authority's public key is the site's; another one than that is refused.
    private func takeAuthority(_ files: AuthorityFiles, _ generator: KeyGenerator) throws -> PublicKey {
        let open = ca.hasSuffix(".pub") ? ca : "\(ca).pub"
        guard let bytes = try LocalFiles.contents(of: open, limit: 1 << 16),
            let key = PublicKey(line: String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self))
        else {
            Terminal.report("\(open): error: expected the authority's public key, found none")
            Terminal.report("  hint: `ssh-keygen -t ed25519 -f FILE` makes an authority; keep it off the hosts")
            throw ExitStatus.notFound
        }
        if let present = try LocalFiles.contents(of: files.key, limit: 1 << 16) {
            guard PublicKey(line: String(decoding: present.prefix { $0 != 0x0A }, as: UTF8.self)) == key else {
                Terminal.report("\(files.key): error: expected the key of \(open), found another authority")
                Terminal.report("  hint: hosts trust one authority: remove the file to change it, and sign all")
                throw ExitStatus.refused
            }
        } else {
            try files.write(Array("\(PublicKey(type: key.type, blob: key.blob).line)\n".utf8), to: TrustFiles.authority)
        }
        if try LocalFiles.contents(of: files.revoked) == nil {
            let empty = "\(generator.folder)/revoked.krl"
            try generator.run(["-q", "-k", "-f", empty])
            try files.write(try LocalFiles.contents(of: empty) ?? [], to: TrustFiles.revoked)
        }
        return key
    }

    private func isRevoked(_ key: String, _ files: AuthorityFiles, _ generator: KeyGenerator) throws -> Bool {
        try OperatorTerminal.run(["ssh-keygen", "-Q", "-q", "-f", files.revoked, key]) != 0
    }
}
