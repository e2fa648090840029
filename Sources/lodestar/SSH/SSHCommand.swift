import ArgumentParser
import Compiler
import SystemFiles
import Model
import OperatorFiles
import Resources
import SystemCalls

/// `lodestar ssh`: the certificates of a site's trusts.
struct SSHCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssh", abstract: "Signs and revokes the keys of a site's trusts.",
        subcommands: [SSHSign.self, SSHRevoke.self])
}

/// ssh-keygen(1) on this terminal: passphrases, agents and hardware keys are its own affair.
struct KeyGenerator {
    /// Goes with the generator's use: public keys, and what becomes of them.
    let folder: String

    static func withFolder<Result>(_ body: (KeyGenerator) throws -> Result) throws -> Result {
        let place = ThisProcess.environment("TMPDIR") ?? "/tmp"
        let folder = try LocalFiles.madeTemporary("\(place)/lodestar")
        defer { try? LocalFiles.removeTree(folder) }
        return try body(KeyGenerator(folder: folder))
    }

    func run(_ arguments: [String]) throws {
        let status = try OperatorTerminal.run(["ssh-keygen"] + arguments)
        guard status == 0 else { throw HostFault("sign", "the keys", "ssh-keygen ended with status \(status)") }
    }

    /// Puts a text into a file of the folder.
    func file(_ name: String, _ text: String) throws -> String {
        let path = "\(folder)/\(name)"
        try LocalFiles.write(Array(text.utf8), to: path, isDurable: false)
        return path
    }
}

/// The files of an authority in a site.
struct AuthorityFiles {
    let site: String

    var key: String { path(TrustFiles.authority) }
    var revoked: String { path(TrustFiles.revoked) }
    private var serial: String { path("ssh/serial") }

    func path(_ name: String) -> String { "\(site)/files/\(name)" }

    /// Writes a file with the folders above it.
    func write(_ bytes: [UInt8], to name: String) throws {
        let path = path(name)
        try LocalFiles.makeDirectory(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)))
        try LocalFiles.write(bytes, to: path, mode: 0o644)
    }

    /// The last serial number that was given.
    func lastSerial() throws -> UInt64 {
        guard let bytes = try LocalFiles.contents(of: serial, limit: 64) else { return 0 }
        guard let number = UInt64(String(decoding: bytes, as: UTF8.self).trimmed) else {
            throw HostFault("read", serial, "it is no number")
        }
        return number
    }

    func keep(serial number: UInt64) throws { try write(Array("\(number)\n".utf8), to: "ssh/serial") }

    /// All that the hosts of the inventory need signed, each file once.
    ///
    /// - Throws: `ExitStatus` where the site has errors, which are reported.
    static func requests(_ session: Session) throws -> [CertificateRequest] {
        var all = Diagnostics(), requests: [String: CertificateRequest] = [:]
        for id in session.site.value.hostIdentifiers {
            let compilation = session.site.value.compilation(for: session.target(ofHost: id), hasDigest: false)
            all.add(contentsOf: compilation.diagnostics)
            for composite in compilation.composites {
                guard let trust = composite.resource as? SSHTrust, composite.state == .present else { continue }
                for request in trust.requests(of: id) { requests[request.path] = request }
            }
        }
        Terminal.report(all)
        if all.hasErrors { throw ExitStatus.refused }
        return requests.values.sorted { $0.path < $1.path }
    }
}
