import ArgumentParser
import Disk
import InstallTokens
import Model
import Signatures
import SignedFiles
import SystemCalls

/// `lodestar install token`: root's word that disks of a machine may be wiped.
struct InstallTokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Writes a signed token: which disks of which machine may be wiped, and until when.",
        discussion: """
            Example: lodestar install token --sn 7XK2M03 --disk WD-WCC4N1 --expires 1h --sign ~/.ssh/id_ed25519 --out 7XK2M03.token
            """)

    @Option(help: ArgumentHelp("The serial number of the machine.", valueName: "serial"))
    var sn: String

    @Option(
        name: .customLong("disk"),
        help: ArgumentHelp("The serial of a disk that may be written.", valueName: "serial"))
    var disks: [String] = []

    @Option(
        name: .customLong("wipe"),
        help: ArgumentHelp(
            "What may be destroyed on it, as `lodestar disk show` names it, such as ext4 or LVM2_member.",
            valueName: "signature"))
    var wipe: [String] = []

    @Option(
        help: ArgumentHelp("Names a deliberate reinstall of a machine that is installed already.", valueName: "id"))
    var reinstall: String?

    @Option(help: ArgumentHelp("How long it counts, at most 30d.", valueName: "duration"))
    var expires: String

    @Option(
        help: ArgumentHelp(
            "Signs it with this key, by ssh-keygen(1): a private key, or a public one whose private half an agent has.",
            valueName: "file"),
        completion: .file())
    var sign: String

    @Option(help: ArgumentHelp("Where the token goes.", valueName: "file"), completion: .file())
    var out: String

    func validate() throws {
        if let problem = token(at: Lodestar.made).problem { throw ValidationError(problem) }
        for word in wipe where !Signature.names.contains(word) {
            let hint = Spelling.nearest(to: word, among: Signature.names).map { "; \($0)" } ?? ""
            throw ValidationError(
                "expected --wipe with a signature that `lodestar disk show` names, found `\(word)`\(hint)")
        }
    }

    /// - Parameter now: seconds since 1970.
    private func token(at now: Int64) -> InstallToken {
        let life = Duration(text: expires)?.components.seconds ?? 0
        return InstallToken(
            sn: sn, disks: disks, wipe: wipe, reinstall: reinstall, created: now, expires: now + max(0, life))
    }

    func run() throws {
        let token = token(at: max(SystemClock.seconds, Lodestar.made))
        guard
            let signed = try Terminal.reportingFaults({
                try FileSigner(purpose: .install, name: InstallToken.name, key: sign).signature(of: token.bytes)
            })
        else { return }
        try Terminal.reportingFaults {
            try LocalFiles.write(token.bytes(signature: signed.lines), to: out, mode: 0o644)
        }
        Terminal.print(
            "\(out): the machine \(token.sn), \(token.disks.count.counted("disk")), until \(Timestamp.text(seconds: token.expires)), signed by \(signed.signature.key.fingerprint)"
        )
    }
}
