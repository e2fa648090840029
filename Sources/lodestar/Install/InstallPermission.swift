import ArgumentParser
import InstallTokens
import Model
import OperatorFiles
import SystemCalls

/// Who says that disks may be wiped: a token, and whose signature makes it one that counts.
struct TokenOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The signed word that disks of this machine may be wiped, of `lodestar install token`.", valueName: "file"),
        completion: .file())
    var token: String?

    @Option(
        help: ArgumentHelp(
            "Whose token counts: allowed signers of ssh-keygen(1); those of --signers by default.", valueName: "file"),
        completion: .file())
    var tokenSigners: String?

    @Option(
        name: .customLong("token-key"),
        help: ArgumentHelp("A key whose token counts; those of --key by default.", valueName: "fingerprint"))
    var tokenKeys: [String] = []

    func validate() throws {
        if token == nil, tokenSigners != nil || !tokenKeys.isEmpty {
            throw ValidationError("expected --token with --token-signers and --token-key")
        }
    }

    /// The token for a host; nil where none was given.
    ///
    /// - Parameter trust: whose signatures count where the options do not say it.
    /// - Throws: 79 for a token that does not count, or that is another machine's.
    func verified(for host: String, trust: SignerOptions) throws -> InstallToken? {
        guard let token else { return nil }
        let who = try SignerOptions.named(signers: tokenSigners, keys: tokenKeys, else: trust)
        let believed = try who.neededTrust(for: token)
        guard let bytes = try Terminal.reportingFaults({ try LocalFiles.contents(of: token, limit: SignedToken.limit) })
        else {
            Terminal.report("\(token): error: expected a token, found no file")
            throw ExitStatus.notFound
        }
        return try Session.reportingFaults(ofFile: token) { () throws(SourceFault) in
            let (found, _) = try SignedToken(bytes).token(
                verifiedBy: believed.policy, now: believed.now, latest: believed.latest)
            guard found.sn == host else {
                throw SourceFault(.untrusted, "expected a token for the machine \(host), found one for \(found.sn)")
            }
            return found
        }
    }
}

extension InstallToken {
    /// What it permits.
    var approval: Installation.Approval { Installation.Approval(disks: Set(disks), signatures: Set(wipe)) }
}
