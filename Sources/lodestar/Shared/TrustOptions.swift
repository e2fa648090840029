import Agent
import ArgumentParser
import Model
import OperatorFiles
import SystemCalls

/// Whose signatures make a commit one that counts.
struct TrustOptions: ParsableArguments {
    enum Waiver: String, ExpressibleByArgument, CaseIterable {
        case none
    }

    @OptionGroup var who: SignerOptions

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
        if trust != nil, signers != nil || !keys.isEmpty || revoked != nil {
            throw ValidationError("expected --trust none without --signers, --key and --revoked")
        }
    }

    var signers: String? { who.signers }
    var keys: [String] { who.keys }
    var revoked: String? { who.revoked }

    /// Whether somebody said whose commits count.
    var isGiven: Bool { signers != nil || !keys.isEmpty || trust != nil }

    /// How a source is opened.
    ///
    /// - Parameter root: the root in whose state it is remembered what was followed; nil to keep nothing.
    func access(root: String?) throws -> SourceAccess {
        var access = SourceAccess(trust: try who.sourceTrust())
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
}
