import ArgumentParser
import LinuxHost
import Model
import SystemCalls

/// What makes of `plan` and `apply` an installation.
struct InstallOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Installs: `install/NAME.yaml` of the site instead of its manifests.", valueName: "name"))
    var profile: String?

    @Option(
        help: ArgumentHelp(
            "The host that is installed, by its serial number; this machine's by default.", valueName: "id"))
    var host: String?

    @Option(
        help: ArgumentHelp(
            "A file that is a disk, FILE,serial=S[,sector=N]: instead of this machine's disks. Repeatable.",
            valueName: "image"))
    var diskImage: [String] = []

    @Option(help: ArgumentHelp("Where the new root is mounted meanwhile.", valueName: "dir"))
    var target = "/target"

    @OptionGroup var permission: TokenOptions
    @OptionGroup var shelf: ImageOptions

    func validate() throws {
        if profile == nil, host != nil || !diskImage.isEmpty || permission.token != nil {
            throw ValidationError("--host, --disk-image and --token belong to an installation: --profile NAME")
        }
        for image in diskImage { _ = try DiskImage(parsing: image) }
        guard AbsolutePath(target) != nil, target != "/" else {
            throw ValidationError("--target: expected an absolute path other than /, found `\(target)`")
        }
    }
}

/// A file that stands for a disk.
struct DiskImage {
    var file: String
    var serial: String
    var sectorSize = 512

    /// Reads `FILE,serial=S[,sector=N]`.
    init(parsing text: String) throws {
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        var serial: String?
        file = words[0]
        for word in words.dropFirst() {
            if word.hasPrefix("serial=") {
                serial = String(word.dropFirst("serial=".count))
            } else if word.hasPrefix("sector="), let size = Int(word.dropFirst("sector=".count)),
                [512, 1024, 2048, 4096].contains(size)
            {
                sectorSize = size
            } else {
                throw ValidationError("--disk-image: expected FILE,serial=S[,sector=N], found `\(word)`")
            }
        }
        guard let serial, !serial.isEmpty, !file.isEmpty else {
            throw ValidationError("--disk-image: expected FILE,serial=S, found `\(text)`")
        }
        self.serial = serial
    }
}

/// A disk image on a loop device (losetup(8)), as long as it lives.
final class AttachedImage {
    let disk: DiskIdentity

    init(_ image: DiskImage) throws(HostFault) {
        let words = [
            "losetup", "--find", "--show", "--partscan", "--sector-size", "\(image.sectorSize)",
            LocalFiles.absolute(image.file),
        ]
        let output = try Self.run(words).textLines().first.map(String.init) ?? ""
        guard let path = AbsolutePath(output) else {
            throw HostFault("attach", image.file, "expected a loop device, found \(output)")
        }
        disk = DiskIdentity(
            path: path, serial: image.serial, model: "image", byteCount: try RangeFile(path.text).byteCount,
            sectorSize: image.sectorSize, transport: "image")
    }

    deinit { _ = try? Self.run(["losetup", "--detach", disk.path.text]) }

    private static func run(_ words: [String]) throws(HostFault) -> String {
        let ended = try ChildRun(words, environment: [SearchPath.variable, "LC_ALL=C"], timeout: 60_000).ended()
        guard ended.exitStatus == 0 else {
            throw HostFault("run", words.joined(separator: " "), ended.output.trimmed)
        }
        return ended.output
    }
}
