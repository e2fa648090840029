import Agent
import ArgumentParser
import Model
import OperatorFiles
import Signatures
import SystemCalls

/// Whose signatures make a commit one that counts.
struct TrustOptions: ParsableArguments {
    enum Waiver: String, ExpressibleByArgument, CaseIterable {
        case none
    }

    @Option(
        help: ArgumentHelp(
            "Takes only a commit signed by one of these: allowed signers of ssh-keygen(1).", valueName: "file"),
        completion: .file())
    var signers: String?

    @Option(
        name: .customLong("key"),
        help: ArgumentHelp(
            "Takes only a commit signed by this key, or by one of the signers.", valueName: "fingerprint"))
    var keys: [String] = []

    @Option(
        help: ArgumentHelp("Keys and fingerprints that count for nothing, one a line.", valueName: "file"),
        completion: .file())
    var revoked: String?

    @Option(help: "none: takes commits whoever made them.")
    var trust: Waiver?

    @Option(
        help: ArgumentHelp(
            "The authorities that https servers are believed by; the system's by default.", valueName: "file"),
        completion: .file())
    var ca: String?

    @Flag(help: "Exits 69 where the repository does not answer, instead of taking the last commit that was trusted.")
    var requireFresh = false

    @Flag(
        help: "Goes on with the last commit that was trusted where the newest one is not, and exits 79 all the same.")
    var lastTrusted = false

    @Option(
        help: ArgumentHelp(
            "Warns where the newest commit was made longer ago, such as 14d: newer ones may be kept from this host.",
            valueName: "duration"))
    var expiresAfter: String?

    /// How the agent calls it: a remote side that does not answer is left alone for a while.
    @Flag(help: .hidden)
    var patient = false

    private var longestAge: Int64? { expiresAfter.flatMap { Duration(text: $0)?.components.seconds } }

    func validate() throws {
        if expiresAfter != nil, longestAge.map({ $0 >= SourceTrustSettings.leastAge }) != true {
            throw ValidationError("expected --expires-after with a duration of an hour or more, such as 14d")
        }
        for key in keys where Fingerprint(key) == nil {
            throw ValidationError("expected --key with a fingerprint such as SHA256:..., found `\(key)`")
        }
        if trust != nil, signers != nil || !keys.isEmpty || revoked != nil {
            throw ValidationError("expected --trust none without --signers, --key and --revoked")
        }
        if revoked != nil, signers == nil, keys.isEmpty {
            throw ValidationError("expected --signers or --key with --revoked")
        }
    }

    /// Whether somebody said whose commits count.
    var isGiven: Bool { signers != nil || !keys.isEmpty || trust != nil }

    /// How a source is opened.
    ///
    /// - Parameter root: the root in whose state it is remembered what was followed; nil to keep nothing.
    func access(root: String?) throws -> SourceAccess {
        var access = SourceAccess(trust: try sourceTrust())
        access.isWaived = trust != nil
        access.isFreshOnly = requireFresh
        access.goesOn = lastTrusted
        access.isPatient = patient
        access.longestAge = longestAge
        // Git runs in another directory than this one.
        access.authority = ca.map { LocalFiles.absolute($0) }
        if let root, ThisProcess.isPrivileged {
            let folder = StateFolder.path(below: root)
            if LocalFiles.exists(folder) { access.state = folder }
            access.soak = { Session.soak(of: $0, below: root) }
        }
        return access
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
