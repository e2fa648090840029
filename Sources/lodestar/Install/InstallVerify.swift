import ArgumentParser
import InstallTokens
import Model
import OperatorFiles
import Signatures
import SignedFiles
import SystemCalls

/// `lodestar install verify`: what a token says, and who says so.
struct InstallVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Says step by step whether a token is to be trusted, and exits 79 where it is not.",
        discussion: "Example: lodestar install verify 7XK2M03.token --signers /etc/lodestar/allowed_signers")

    @Argument(help: "The token.", completion: .file())
    var file: String

    @OptionGroup var who: SignerOptions

    @Option(help: "text or json.")
    var format = Format.text

    func run() throws {
        let trust = try who.neededTrust(for: file)
        let bytes = try Terminal.reportingFaults { try LocalFiles.contents(of: file, limit: SignedToken.limit) }
        guard let bytes else {
            Terminal.report("\(file): error: expected a token, found no file")
            throw ExitStatus.notFound
        }
        let (verdict, token) = try Session.reportingFaults(ofFile: file) { () throws(SourceFault) in
            let signed = try SignedToken(bytes)
            let verdict = try signed.verdict(by: trust.policy, now: trust.now, latest: trust.latest)
            return (verdict, verdict.isTrusted ? try signed.token() : nil)
        }
        switch format {
        case .text: Terminal.print(verdict.text(of: file, facts: token?.facts ?? []))
        case .json:
            let datum: Datum = ["token": token?.datum ?? .null, "verdict": verdict.datum]
            Terminal.printJSON(datum.json)
        }
        if !verdict.isTrusted { throw ExitStatus.untrusted }
    }
}

extension InstallToken {
    fileprivate var facts: [String] {
        [
            "the machine \(sn), until \(Timestamp.text(seconds: expires))", "disks: \(disks.joined(separator: ", "))",
            wipe.isEmpty ? nil : "may wipe: \(wipe.joined(separator: ", "))", reinstall.map { "reinstall: \($0)" },
            "digest: \(digest.hexadecimal)",
        ].compactMap { $0 }
    }

    fileprivate var datum: Datum {
        [
            "sn": .string(sn), "disks": .list(disks.map { .string($0) }), "wipe": .list(wipe.map { .string($0) }),
            "reinstall": reinstall.map { .string($0) } ?? .null,
            "created": .string(Timestamp.text(seconds: lifetime.created)),
            "expires": .string(Timestamp.text(seconds: expires)), "digest": .string(digest.hexadecimal),
        ]
    }
}
