import ArgumentParser
import Images
import LinuxHost
import Model
import OperatorFiles
import SystemCalls

/// `lodestar image unpack`: an image as the root of an operating system at its first boot.
struct ImageUnpack: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpack",
        abstract: "Unpacks an image into a folder: a root whose first boot is to come.",
        discussion: """
            Interrupted, it goes on with the same image. var/lib/lodestar/image.json is written last.
            Example: lodestar image unpack debian-12.image.tar --to /mnt --signers /etc/lodestar/allowed_signers
            """)

    @Argument(help: "The image; - for standard input.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp("The folder, which is empty or has a part of this image.", valueName: "dir"),
        completion: .directory)
    var to: String

    @OptionGroup var who: SignerOptions

    @Option(help: "none: takes images whoever made them.")
    var trust: TrustOptions.Waiver?

    func validate() throws {
        if trust != nil, who.signers != nil || !who.keys.isEmpty {
            throw ValidationError("expected --trust none without --signers, --key and --revoked")
        }
    }

    func run() throws {
        guard ThisProcess.isPrivileged else {
            Terminal.report("error: expected root, who alone can give files to others, found somebody else")
            throw ExitStatus.noPrivilege
        }
        let known = trust == nil ? try who.neededTrust(for: file) : nil
        let image = try Session.reportingFaults(ofFile: file) { () throws(SourceFault) in
            let open = try OpenImage(at: file)
            guard let known else { return try open.takenAsItIs(now: max(SystemClock.seconds, Lodestar.made)) }
            return try open.trusted(by: known.policy, now: known.now, latest: known.latest)
        }
        let isNew = try Terminal.reportingFaults {
            try Terminal.withStatusLine { line in
                let unpacking = try ImageUnpacking(image, into: to) { done, total in
                    line?.show { _ in "unpacking: \(ByteProgress(done, of: total))" }
                }
                do {
                    return try unpacking.run()
                } catch let fault as SourceFault {
                    return try Session.reportingFaults(ofFile: file) { () throws(SourceFault) in throw fault }
                }
            }
        }
        Terminal.print("\(to): \(image.list.title), \(isNew ? "unpacked" : "was there already")")
    }
}
