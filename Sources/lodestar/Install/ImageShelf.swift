import ArgumentParser
import Images
import MiniOS
import Model
import OperatorFiles
import SystemCalls

/// Where the images of profiles are, and whose signature makes one that counts.
struct ImageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where images are that a profile names without a path: a folder, or in the mini OS a URL of plain HTTP.",
            valueName: "dir"),
        completion: .directory)
    var images = "."

    @Option(
        help: ArgumentHelp(
            "Whose images count: allowed signers of ssh-keygen(1); those of --signers by default.", valueName: "file"),
        completion: .file())
    var imageSigners: String?

    @Option(
        name: .customLong("image-key"),
        help: ArgumentHelp("A key whose images count; those of --key by default.", valueName: "fingerprint"))
    var imageKeys: [String] = []

    /// - Parameters:
    ///   - trust: whose signatures count where the options do not say it.
    ///   - isWaived: whether images count whoever made them, where nobody is named.
    func shelf(trust: SignerOptions, isWaived: Bool) throws -> ImageShelf {
        let who = try SignerOptions.named(signers: imageSigners, keys: imageKeys, else: trust)
        return ImageShelf(folder: images, trust: try who.sourceTrust(), isWaived: isWaived)
    }
}

/// The images that an installation may take.
struct ImageShelf: Sendable {
    let folder: String
    /// nil where nobody was named.
    let trust: SourceTrust?
    let isWaived: Bool

    /// - Throws: for an image that is not there, or not to be trusted.
    func image(_ source: String) throws(HostFault) -> TrustedImage {
        let path = source.hasPrefix("/") ? source : folder + (folder.hasSuffix("/") ? "" : "/") + source
        let stream = MiniNetwork.isRemote(path) ? try MiniNetwork.stream(path) : nil
        do throws(SourceFault) {
            let image = if let stream { try OpenImage(stream) } else { try OpenImage(at: path) }
            if let trust { return try image.trusted(by: trust.policy, now: trust.now, latest: trust.latest) }
            if isWaived { return try image.takenAsItIs(now: max(SystemClock.seconds, Lodestar.made)) }
            throw SourceFault(.untrusted, "expected --image-signers or --image-key for an image, found neither")
        } catch {
            throw HostFault("take", path, error.reason)
        }
    }
}
