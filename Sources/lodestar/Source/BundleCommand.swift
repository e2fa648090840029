import ArgumentParser
import Bundles
import Compiler
import Model
import OperatorFiles
import Signatures
import SystemCalls

/// `lodestar bundle`: a commit of a site as one file.
struct BundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Writes a commit of a site as one file, which bears a signature and is the same bytes each time.",
        discussion: "Example: lodestar bundle .#main --out prod.site.tar --sign ~/.ssh/id_ed25519 --expires 30d")

    @OptionGroup var site: SiteArgument
    @OptionGroup var trust: TrustOptions

    @Option(help: ArgumentHelp("The bundle; its name ends with .site.tar.", valueName: "file"), completion: .file())
    var out: String

    @Option(
        help: ArgumentHelp(
            "Signs it with this key, by ssh-keygen(1): a private key, or a public one whose private half an agent has.",
            valueName: "file"),
        completion: .file())
    var sign: String?

    @Option(
        help: ArgumentHelp(
            "Takes this signature, which somebody has made over the BUNDLE of the same bundle.", valueName: "file"),
        completion: .file())
    var signature: String?

    @Option(
        help: ArgumentHelp("After so long, counted from the commit, no host takes it any more.", valueName: "duration"))
    var expires: String?

    @Option(help: "text or json.")
    var format = Format.text

    private var lifetime: Int64? { expires.flatMap { Duration(text: $0)?.components.seconds } }

    func validate() throws {
        if !BundleSource.isName(out) {
            throw ValidationError("expected --out with a name that ends with \(BundleSource.suffix), found `\(out)`")
        }
        if sign != nil, signature != nil { throw ValidationError("expected one of --sign and --signature") }
        if expires != nil, lifetime.map({ (1...3660 * 86_400).contains($0) }) != true {
            throw ValidationError("expected --expires with a duration such as 30d, at most 3660d")
        }
    }

    func run() throws {
        let source = try Session.reportingFaults(of: site.source) { () throws(SourceFault) in
            try site.source.committed(besides: out)
        }
        let session = try Session(source, identity: nil, trust: trust)
        Terminal.report(session.site.value.diagnostics)
        if session.site.value.diagnostics.hasErrors { throw ExitStatus.refused }
        guard let commit = session.source.commit, let made = session.made else {
            Terminal.report("\(source.shown): error: expected a commit as git writes it, found another one")
            throw ExitStatus.refused
        }
        let writer = try Session.reportingFaults(of: source) { () throws(SourceFault) in
            try BundleWriter(
                session.reader, named: session.site.value.name, commit: commit, subject: session.subject ?? "",
                created: made, lifetime: lifetime)
        }
        let signed = try Terminal.reportingFaults {
            try FileSigner(purpose: .bundle, name: BundleList.name, key: sign, file: signature)
                .signature(of: writer.list.bytes)
        }
        try print(try write(writer, signed), writer.list, signed)
    }

    /// - Returns: the size of the bundle, and its digest.
    private func write(
        _ writer: BundleWriter, _ signed: FileSigner.Signature?
    ) throws -> (byteCount: Int, sha256: Digest?) {
        var byteCount = 0, digest = RunningDigest()
        try Terminal.reportingFaults {
            try LocalFiles.write(to: out, mode: 0o644) { (sink) throws(HostFault) in
                try writer.write(signature: signed?.lines) { (piece) throws(HostFault) in
                    let bytes = Array(piece)
                    byteCount += bytes.count
                    digest.add(bytes)
                    try sink(bytes)
                }
            }
        }
        return (byteCount, digest.value)
    }

    private func print(
        _ written: (byteCount: Int, sha256: Digest?), _ list: BundleList,
        _ signed: FileSigner.Signature?
    ) throws {
        let key = signed.map { "\($0.signature.key.fingerprint)" }
        let end = list.expires.map { Timestamp.text(seconds: $0) }
        switch format {
        case .text:
            var text =
                "\(out): \(list.commit.prefix(12)) \(list.subject), \(list.files.count.counted("file")), \(written.byteCount) bytes"
            if let key { text += ", signed by \(key)" }
            if let end { text += ", counts until \(end)" }
            Terminal.print(text)
        case .json:
            let datum: Datum = [
                "bundle": .string(out), "site": .string(list.site), "commit": .string(list.commit),
                "subject": .string(list.subject), "created": .string(Timestamp.text(seconds: list.created)),
                "expires": end.map { .string($0) } ?? .null, "files": .int(Int64(list.files.count)),
                "bytes": .int(Int64(written.byteCount)),
                "sha256": written.sha256.map { .string($0.hexadecimal) } ?? .null,
                "key": key.map { .string($0) } ?? .null,
            ]
            Terminal.printJSON(datum.json)
        }
        if signed == nil {
            Terminal.report("note: nobody has signed it: hosts take it with --trust none only")
        }
    }
}
