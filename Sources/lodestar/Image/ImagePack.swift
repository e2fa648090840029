public import ArgumentParser
import SystemFiles
public import Images
import Model
import Signatures
import SignedFiles
import SystemCalls

extension ChunkCompression: ExpressibleByArgument {}

/// `lodestar image pack`: the root of an operating system as one file, signed.
struct ImagePack: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract:
            "Writes the root of an operating system as one file, which bears a signature and is the same bytes each time.",
        discussion: """
            Example: lodestar image pack /srv/debian-12 --out debian-12.image.tar --sign ~/.ssh/id_ed25519 --expires 30d
            """)

    @Argument(
        help: ArgumentHelp(
            "The folder of a root, such as mmdebstrap makes, or a tar of one.", valueName: "root-or-tar"),
        completion: .file())
    var root: String

    @Option(help: ArgumentHelp("The image; its name ends with .image.tar.", valueName: "file"), completion: .file())
    var out: String

    @Option(help: ArgumentHelp("What it is called; by default the name of the file.", valueName: "word"))
    var name: String?

    @Option(help: ArgumentHelp("Its version.", valueName: "word"))
    var version: String?

    @Option(
        help: ArgumentHelp(
            "When it was made, such as 2026-11-28T08:00:00Z; by default the latest time of a file in it.",
            valueName: "time"))
    var created: String?

    @Option(
        help: ArgumentHelp("After so long, counted from --created, no host takes it any more.", valueName: "duration"))
    var expires: String?

    @Option(
        help: ArgumentHelp(
            "Signs it with this key, by ssh-keygen(1): a private key, or a public one whose private half an agent has.",
            valueName: "file"),
        completion: .file())
    var sign: String?

    @Option(
        help: ArgumentHelp(
            "Takes this signature, which somebody has made over the IMAGE of the same image.", valueName: "file"),
        completion: .file())
    var signature: String?

    @Option(help: "none or zstd; zstd where it is there.")
    var compression: ChunkCompression?

    private var lifetime: Int64? { expires.flatMap { Duration(text: $0)?.components.seconds } }
    private var time: Int64? { created.flatMap { Timestamp($0) }?.seconds }
    private var title: String {
        name ?? String(out.split(separator: "/").last?.dropLast(ImageList.suffix.count) ?? "")
    }

    func validate() throws {
        if !out.hasSuffix(ImageList.suffix) {
            throw ValidationError("expected --out with a name that ends with \(ImageList.suffix), found `\(out)`")
        }
        for word in [title, version].compactMap({ $0 }) where !ImageList.isWord(word) {
            throw ValidationError("expected a name and a version of \(ImageList.wordForm), found `\(word)`")
        }
        if created != nil, time.map({ (0..<StrictObject.endOfTime).contains($0) }) != true {
            throw ValidationError(
                "expected --created with a time such as 2026-11-28T08:00:00Z, found `\(created ?? "")`")
        }
        if expires != nil, lifetime.map({ (1...3660 * 86_400).contains($0) }) != true {
            throw ValidationError("expected --expires with a duration such as 30d, at most 3660d")
        }
        if sign != nil, signature != nil { throw ValidationError("expected one of --sign and --signature") }
        if let compression, !compression.isAvailable {
            throw ValidationError("expected the program `\(compression.rawValue)` for --compression, found none")
        }
    }

    func run() throws {
        let now = SystemClock.seconds
        let folders = [out.lastIndex(of: "/").map { String(out[...$0]) } ?? "."] + SpoolFile.folders
        let writer = try Terminal.reportingFaults {
            let tar = try RootTar.bytes(of: root, in: folders) { Terminal.report("note: \($0)") }
            let chosen = compression ?? (ChunkCompression.zstd.isAvailable ? .zstd : .none)
            return try Terminal.withStatusLine { line in
                try ImageWriter(
                    tar, .init(name: title, version: version, created: time, lifetime: lifetime), chosen, now: now,
                    in: folders
                ) { done in line?.show { _ in "packing: \(ByteProgress(done, of: tar.byteCount))" } }
            }
        }
        let list = writer.list
        if let objection = list.lifetime.objection(now: now, latest: now) {
            Terminal.report("\(out): error: expected an image that counts now, found one that does not: \(objection)")
            Terminal.report("  hint: `created` is the latest time of a file in it; --created says another")
            throw ExitStatus.refused
        }
        let signed = try Terminal.reportingFaults {
            try FileSigner(purpose: .image, name: ImageList.entryName, key: sign, file: signature)
                .signature(of: list.bytes)
        }
        var byteCount = 0
        try Terminal.reportingFaults {
            try LocalFiles.write(to: out, mode: 0o644) { (sink) throws(HostFault) in
                try writer.write(signature: signed?.lines) { (bytes) throws(HostFault) in
                    byteCount += bytes.count
                    try sink(bytes)
                }
            }
        }
        var text = "\(out): \(list.title), \(list.entryCount.counted("file")), \(byteCount) bytes"
        if let signed { text += ", signed by \(signed.signature.key.fingerprint)" }
        if let end = list.lifetime.expires { text += ", counts until \(Timestamp.text(seconds: end))" }
        Terminal.print(text)
        if signed == nil { Terminal.report("note: nobody has signed it: only `image unpack --trust none` takes it") }
    }
}

extension ImageList {
    /// Name and version.
    var title: String { name + (version.map { " \($0)" } ?? "") }

    /// What it says, a line each.
    var facts: [String] {
        let end = lifetime.expires.map { ", counts until \(Timestamp.text(seconds: $0))" } ?? ""
        return [
            "\(title), of \(Timestamp.text(seconds: lifetime.created))\(end)",
            "\(entryCount.counted("file")), \(unpackedByteCount >> 20) MiB on a disk; \(chunks.count.counted("chunk")), compression \(compression.rawValue)",
            "digest: \(digest.hexadecimal)",
        ]
    }

    var datum: Datum {
        [
            "name": .string(name), "version": version.map { .string($0) } ?? .null,
            "created": .string(Timestamp.text(seconds: lifetime.created)),
            "expires": lifetime.expires.map { .string(Timestamp.text(seconds: $0)) } ?? .null,
            "compression": .string(compression.rawValue), "bytes": .int(Int64(byteCount)),
            "unpacked": .int(Int64(unpackedByteCount)), "entries": .int(Int64(entryCount)),
            "chunks": .int(Int64(chunks.count)), "digest": .string(digest.hexadecimal),
        ]
    }
}

/// How far something is.
struct ByteProgress: CustomStringConvertible {
    private let done: Int, total: Int

    init(_ done: Int, of total: Int) { (self.done, self.total) = (done, total) }

    var description: String { "\(done >> 20) of \(total >> 20) MiB" }
}
