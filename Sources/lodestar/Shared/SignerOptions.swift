import ArgumentParser
import Model
import OperatorFiles
import Signatures
import SystemCalls

/// Whose signatures count: of commits, bundles, images and tokens.
struct SignerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Takes only what is signed by one of these: allowed signers of ssh-keygen(1).", valueName: "file"),
        completion: .file())
    var signers: String?

    @Option(
        name: .customLong("key"),
        help: ArgumentHelp(
            "Takes only what is signed by this key, or by one of the signers.", valueName: "fingerprint"))
    var keys: [String] = []

    @Option(
        help: ArgumentHelp("Keys and fingerprints that count for nothing, one a line.", valueName: "file"),
        completion: .file())
    var revoked: String?

    func validate() throws {
        for key in keys where Fingerprint(key) == nil {
            throw ValidationError("expected --key with a fingerprint such as SHA256:..., found `\(key)`")
        }
        if revoked != nil, signers == nil, keys.isEmpty {
            throw ValidationError("expected --signers or --key with --revoked")
        }
    }

    /// Those who are named, or all of the others where nobody is. Options that were not parsed cannot be read, so these are.
    static func named(signers: String?, keys: [String], else other: SignerOptions) throws -> SignerOptions {
        if signers == nil, keys.isEmpty { return other }
        let words = (signers.map { ["--signers", $0] } ?? []) + keys.flatMap { ["--key", $0] }
        return try parse(words + (other.revoked.map { ["--revoked", $0] } ?? []))
    }

    /// The same where somebody must be said.
    ///
    /// - Parameter name: of the file that is judged.
    func neededTrust(for name: String) throws -> SourceTrust {
        if let trust = try sourceTrust() { return trust }
        Terminal.report("\(name): error: expected --signers or --key, found neither: nobody is trusted")
        throw ExitStatus.untrusted
    }

    /// What was asked for; nil for nothing. A file that is missing, empty or not to be believed is an error.
    func sourceTrust() throws -> SourceTrust? {
        guard signers != nil || !keys.isEmpty else { return nil }
        var diagnostics = Diagnostics(), policy = TrustPolicy(keys: Set(keys.compactMap { Fingerprint($0) }))
        if let signers {
            policy.signers = AllowedSigners(
                parsing: try Self.believed(signers, "allowed signers"), path: signers, into: &diagnostics)
        }
        if let revoked {
            policy.revoked = RevokedKeys(
                parsing: try Self.believed(revoked, "revoked keys"), path: revoked, into: &diagnostics)
        }
        Terminal.report(diagnostics)
        if diagnostics.hasErrors { throw ExitStatus.refused }
        return SourceTrust(policy, notBefore: Lodestar.made)
    }

    /// The bytes of a file that nobody but root, and who runs this, can write to.
    static func believed(_ path: String, _ what: String) throws -> [UInt8] {
        if ThisProcess.isPrivileged, let objection = PathTrust.objection(to: path, owners: Operator.accounts) {
            Terminal.report(
                "\(path): error: expected a file that decides whom root follows, found one of others: \(objection)")
            throw ExitStatus.untrusted
        }
        return try Terminal.reportingFaults {
            guard let bytes = try LocalFiles.contents(of: path, limit: 8 << 20) else {
                Terminal.report("\(path): error: expected \(what), found no file")
                throw ExitStatus.notFound
            }
            return bytes
        }
    }
}
