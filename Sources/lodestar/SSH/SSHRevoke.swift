import ArgumentParser
import SystemFiles
import Model
import OperatorFiles
import Resources
import SystemCalls

/// `lodestar ssh revoke`: keys that no host takes any more.
struct SSHRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Adds keys and certificates to files/ssh/revoked.krl.",
        discussion: """
            A key that is revoked counts nowhere, with or without a certificate, and is signed no more. A certificate is revoked by \
            its serial number. The hosts take the list with their next converge.
            Example: lodestar ssh revoke --host web1 mysite
            """)

    @OptionGroup var site: SiteArgument

    @Option(help: ArgumentHelp("All keys of a host that the authority has signed.", valueName: "id"))
    var host: [String] = []

    @Option(help: ArgumentHelp("A public key or a certificate.", valueName: "file"))
    var key: [String] = []

    @Option(help: ArgumentHelp("The serial number of a certificate.", valueName: "number"))
    var serial: [UInt64] = []

    func run() throws {
        if host.isEmpty, key.isEmpty, serial.isEmpty {
            Terminal.report("error: expected --host, --key or --serial, found none")
            throw ExitCode(64)
        }
        let files = AuthorityFiles(site: try site.directory())
        try Terminal.reportingFaults {
            guard LocalFiles.exists(files.key) else {
                Terminal.report("\(files.key): error: expected the authority's public key, found none")
                Terminal.report("  hint: `lodestar ssh sign` puts it there")
                throw ExitStatus.notFound
            }
            let last = try files.lastSerial()
            for number in serial where !(1...max(1, last)).contains(number) || last == 0 {
                Terminal.report(
                    "error: expected the serial number of a certificate, found \(number), which was never given: nothing was revoked"
                )
                Terminal.report(
                    last == 0
                        ? "  hint: nothing was signed yet"
                        : "  hint: the last one is \(last); `ssh-keygen -Lf CERTIFICATE` shows it")
                throw ExitStatus.refused
            }
            try KeyGenerator.withFolder { generator in
                var lines = serial.map { "serial: \($0)" }, keys: Set<PublicKey> = []
                for file in key { keys.insert(try Self.key(in: file)) }
                for id in host { keys.formUnion(try Self.keys(of: id, files)) }
                for key in keys.sorted(by: { $0.blob < $1.blob }) { lines.append("key: \(key.line)") }
                let list = "\(generator.folder)/revoked.krl", present = try LocalFiles.contents(of: files.revoked)
                if let present { try LocalFiles.write(present, to: list, isDurable: false) }
                let specification = try generator.file("specification", lines.map { "\($0)\n" }.joined())
                try generator.run(
                    ["-q", "-k"] + (present == nil ? [] : ["-u"]) + ["-f", list, "-s", files.key, specification])
                try files.write(try LocalFiles.contents(of: list) ?? [], to: TrustFiles.revoked)
                Terminal.print("revoked \(keys.count) keys and \(serial.count) serial numbers")
            }
        }
    }

    /// The key of a file, of a certificate the one that it certifies.
    private static func key(in file: String) throws -> PublicKey {
        guard let bytes = try LocalFiles.contents(of: file, limit: 1 << 16) else {
            Terminal.report("\(file): error: expected a public key or a certificate, found none")
            throw ExitStatus.notFound
        }
        let line = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        if let certificate = OpenSSHCertificate(line: line) { return certificate.key }
        guard let key = PublicKey(line: line) else {
            Terminal.report("\(file): error: expected a public key or a certificate, found something else")
            throw ExitStatus.refused
        }
        return PublicKey(type: key.type, blob: key.blob)
    }

    private static func keys(of host: String, _ files: AuthorityFiles) throws -> [PublicKey] {
        let folder = files.path("\(TrustFiles.certificates)/\(host)")
        guard !host.contains("/"), LocalFiles.exists(folder) else {
            Terminal.report("\(folder): error: expected the certificates of the host, found none")
            throw ExitStatus.notFound
        }
        return try LocalFiles.names(in: folder).filter { $0.hasSuffix("-cert.pub") }.map {
            try key(in: "\(folder)/\($0)")
        }
    }
}
