public import ArgumentParser
public import BootImage
import Compiler
import Model
import SystemCalls

/// `lodestar image`: what machines are booted from.
struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "Makes the mini OS, and images of the roots that it installs.",
        subcommands: [ImageBuild.self, ImagePack.self, ImageVerify.self, ImageUnpack.self])
}

extension ImageCompression: ExpressibleByArgument {}

/// `lodestar image build`: kernel, initramfs, iPXE script and checksums of the mini OS.
struct ImageBuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Makes the mini OS: kernel, initramfs, iPXE script, checksums.",
        discussion: """
            Needs no root. Packages are downloaded by apt-get and unpacked, not installed. The same input gives the same bytes.
            Example: lodestar image build --kernel linux-image-cloud-amd64 --site /srv/site --out /srv/pxe
            """)

    @Option(
        help: ArgumentHelp("A package's name, a .deb file, or a folder with boot and lib/modules.", valueName: "kernel")
    )
    var kernel: String

    @Option(help: ArgumentHelp("Where the files go; it is made.", valueName: "dir"), completion: .directory)
    var out: String

    @Option(
        name: .customLong("module"),
        help: ArgumentHelp("A module that is always loaded, beside those of virtual machines.", valueName: "name"))
    var modules: [String] = []

    @Flag(help: "Adds the drivers that servers have; they are loaded for the devices that are there.")
    var hardware = false

    @Option(
        name: .customLong("package"),
        help: ArgumentHelp(
            "A package whose files and libraries are added, such as e2fsprogs or xfsprogs=mkfs.xfs,xfs_repair; or a .deb file.",
            valueName: "package"))
    var packages: [String] = []

    @Option(
        help: ArgumentHelp(
            "A site that is in the image: a directory, or a commit as DIR#REF or URL#REF.", valueName: "site"),
        completion: .directory)
    var site: String?

    @OptionGroup var trust: TrustOptions

    @Option(help: ArgumentHelp("Words of the kernel's command line, such as \"console=ttyS0\".", valueName: "words"))
    var append = ""

    @Option(help: ArgumentHelp("Where the files are served, for the iPXE script.", valueName: "url"))
    var url: String?

    @Option(help: "gzip or zstd.")
    var compression = ImageCompression.gzip

    @Flag(help: "Makes lodestar.efi too: kernel, initramfs and command line in one program of UEFI.")
    var uki = false

    @Option(
        help: ArgumentHelp("The static lodestar that goes into it; this program by default.", valueName: "file"),
        completion: .file())
    var program: String?

    func validate() throws {
        let hasControls = (append + (url ?? "")).unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
        if hasControls { throw ValidationError("expected --append and --url without control characters") }
        if url?.contains(" ") == true { throw ValidationError("expected --url without blanks, found `\(url ?? "")`") }
    }

    func run() throws {
        try Terminal.reportingFaults {
            var recipe = BootImage.Recipe(kernel: kernel, program: program ?? ThisProcess.programPath)
            recipe.modules = modules
            recipe.hasHardware = hardware
            recipe.packages = packages.map { ImagePackage($0) }
            recipe.site = try site.map { try files(ofSite: $0) } ?? []
            (recipe.arguments, recipe.url, recipe.compression) = (append, url, compression)
            recipe.hasUnifiedKernel = uki
            let place = ThisProcess.environment("TMPDIR") ?? "/tmp"
            let folder = try LocalFiles.madeTemporary("\(place)/lodestar-image")
            defer { try? LocalFiles.removeTree(folder) }
            let image = try BootImage(recipe, in: folder) { Terminal.report("note: \($0)".printable) }
            try LocalFiles.makeDirectory(out)
            for file in image.files {
                try LocalFiles.write(file.bytes, to: "\(out)/\(file.name)", mode: 0o644)
                Terminal.print("\(out)/\(file.name)  \(file.bytes.count) bytes".printable)
            }
            Terminal.print("kernel \(image.kernelVersion), \(image.moduleCount) modules")
            if !image.missingFirmware.isEmpty {
                Terminal.report(
                    "note: drivers may ask for firmware that is not in it: \(image.missingFirmware.joined(separator: ", "))"
                        .printable)
            }
        }
    }

    /// The files of a site that `lodestar check` has no error for.
    private func files(ofSite text: String) throws -> [BootImage.SiteFile] {
        let session = try Session(SiteSource(parsing: text), identity: nil, trust: trust)
        let site = session.site.value
        Terminal.report(site.diagnostics)
        if site.diagnostics.hasErrors { throw ExitStatus.refused }
        return try session.files()
    }
}
