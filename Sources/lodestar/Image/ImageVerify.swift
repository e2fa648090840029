import ArgumentParser
import Images
import Model
import OperatorFiles
import Signatures

/// `lodestar image verify`: what an image is, who says so, and whether each byte is as they say.
struct ImageVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract:
            "Says step by step whether an image is to be trusted, reads all of it, and exits 79 or 65 where it is not right.",
        discussion: "Example: lodestar image verify debian-12.image.tar --signers /etc/lodestar/allowed_signers")

    @Argument(help: "The image; - for standard input.", completion: .file())
    var file: String

    @OptionGroup var who: SignerOptions

    @Option(help: "text or json.")
    var format = Format.text

    func run() throws {
        let trust = try who.neededTrust(for: file)
        let (open, verdict) = try Session.reportingFaults(ofFile: file) { () throws(SourceFault) in
            let open = try OpenImage(at: file)
            return (open, try open.verdict(by: trust.policy, now: trust.now, latest: trust.latest))
        }
        var list: ImageList?, fault: SourceFault?
        if verdict.isTrusted {
            do throws(SourceFault) {
                let image = try open.trusted(by: trust.policy, now: trust.now, latest: trust.latest)
                list = image.list
                var chunks = ImageChunks(image)
                while try chunks.chunk() != nil {}
            } catch {
                fault = error
            }
        }
        switch format {
        case .text:
            Terminal.print(verdict.text(of: file, facts: list?.facts ?? [], fault: fault?.reason))
        case .json:
            let datum: Datum = [
                "image": list?.datum ?? .null, "verdict": verdict.datum,
                "fault": fault.map { .string($0.reason) } ?? .null,
            ]
            Terminal.printJSON(datum.json)
        }
        if !verdict.isTrusted { throw ExitStatus.untrusted }
        guard let fault else { return }
        if format == .json { Terminal.report("\(file): error: \(fault.reason)") }
        if let hint = fault.hint { Terminal.report("  hint: \(hint)") }
        throw fault.kind == .untrusted ? ExitStatus.untrusted : ExitStatus.refused
    }
}
