import SystemFiles
public import Model

/// The files of an archive, below a directory.
public struct Archive: Resource, Removable, Replacing, Bounded, Filling {
    public var path = AbsolutePath.root
    public var source: SourceArchive?
    public var file: AbsolutePath?
    public var sha256: String?
    public var strip: Int?
    public var creates: AbsolutePath?
    public var owner: Owner?
    public var group: Owner?
    public var mode: FileMode?
    public var replace: Bool?
    public var claims = Claims()

    public init() {}

    public static let typeName = "archive"
    public static let doc = """
        The files of an archive, unpacked below a directory: tar, also compressed by gzip, bzip2, xz or zstd, and zip, told by their \
        content. It is looked at whole before anything is written: names and links that lead out of it, devices, files that set \
        the user or the group, and bombs are refused. Each file is compared with the archive. What a former \
        version brought goes, what others made stays, and so does what another resource declares below the directory. A file \
        that was there before belongs to the archive from then on, but goes only with `state: absent`. \
        Of a mode, write permission for group and others is dropped; a hard link becomes a file of its own; times are those of unpacking.
        """
    public static let fields: [Field<Archive>] = [
        Field(
            "path", always: \.path, .key, doc: "The directory; it is made, but not its parents.",
            examples: ["/opt/node_exporter"]),
        Field(
            "source", \.source, record: .digest, payload: .file(of: "source"), doc: "An archive below `files/`.",
            examples: ["node_exporter-1.8.2.linux-amd64.tar.gz"]),
        Field(
            "file", \.file, doc: "An archive on the host, in place of `source`.",
            examples: ["/var/cache/app-2.1.tar.zst"]),
        Field(
            "sha256", \.sha256, .parameter,
            doc:
                "The digest that the archive must have, in hexadecimal digits. With it, the `file` may go when it is unpacked.",
            examples: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
        Field(
            "strip", \.strip, .parameter,
            doc: "How many leading parts each name loses, `./` not counted; what has no more parts is left out.",
            examples: ["1"]),
        Field(
            "creates", \.creates, .parameter,
            doc:
                "For what changes its own files: where this path exists, nothing is compared, and only another archive is unpacked.",
            examples: ["/opt/app/installed"]),
        Field(
            "owner", \.owner, doc: "The owner of the directory and of what is unpacked; root at creation.",
            examples: ["app"]),
        Field(
            "group", \.group, doc: "The group of the directory and of what is unpacked; root at creation.",
            examples: ["app"]),
        Field(
            "mode", \.mode, doc: "The mode of the directory; 0755 at creation.", examples: ["\"0750\""],
            satisfies: { $0.isSatisfied(by: $1.applied(to: Permissions(0), isDirectory: true), isDirectory: true) }),
        Field(
            "replace", \.replace, .parameter,
            doc:
                "Takes the place of what is in the way and not of the archive; never of a directory that is not empty.",
            examples: ["true"]),
    ]
    public static let examples = ["/srv/tools: {source: tools.tar, strip: 1}"]

    public var objects: [HostObject] { [.path(path)] }
    public var needs: [Need] {
        Need.parent(of: path) + Need.owners(owner, group) + (file.map { [Need(.path($0), "archive")] } ?? [])
            + (program.map { [Need(.package($0.package), "package \($0.package)")] } ?? [])
    }
    public var usesClaims: Bool { true }

    /// What unpacks the archive, as far as the declaration tells.
    private var program: ArchiveFormat.Compression? {
        if case .whole(let content)? = source?.content { return ArchiveFormat.compression(content.bytes.prefix(8)) }
        let name: String? = if case .stream(let stream)? = source?.content { stream.name } else { file?.text }
        let ends: [(String, ArchiveFormat.Compression)] = [
            ("gz", .gzip), ("bz2", .bzip2), ("xz", .xz), ("zst", .zstd), ("tgz", .gzip), ("txz", .xz),
        ]
        return ends.first { name?.hasSuffix(".\($0.0)") == true }?.1
    }

    public var problems: [Problem] {
        var problems: [Problem] = []
        if source != nil, file != nil {
            problems.append(Problem(at: "file", "expected one of source and file, found both"))
        }
        if source == nil, file == nil { problems.append("expected `source` or `file`, found neither") }
        if let strip, !(0...100).contains(strip) {
            problems.append(Problem("strip", "expected a number from 0 to 100, found \(strip)"))
        }
        if let sha256 {
            if Digest(hexadecimal: sha256) == nil {
                problems.append(Problem("sha256", "expected 64 hexadecimal digits, found `\(sha256)`"))
            } else if let found = source?.content.digest, found != Digest(hexadecimal: sha256) {
                problems.append(Problem("sha256", "expected the digest of the source, \(found.hexadecimal)"))
            }
        }
        if let file, file.isBelowOrEqual(to: path) {
            problems.append(Problem("file", "expected a file outside of \(path)"))
        }
        return problems
    }

    /// What is known without the archive: its record says what is there.
    public var undeclared: Archive {
        var archive = self
        (archive.source, archive.file, archive.creates) = (nil, nil, nil)
        return archive
    }

    public func claims(on host: some HostReading) throws -> [AbsolutePath] {
        try declaredPaths + tree.claims(on: host)
    }

    var tree: PlacedTree {
        PlacedTree(
            path: path, owner: owner, group: group, mode: mode, replace: replace,
            property: file == nil ? "source" : "file")
    }

    public struct Observed: Sendable {
        var tree: PlacedTree.Observed
        /// Why the archive cannot be had now.
        var problem: Refusal?
    }
}

/// The bytes of an archive below `files/`. They are no secret: what the archive brings is shown.
public struct SourceArchive: Sendable, Hashable, FieldValue {
    let content: FileContent

    public static var shape: Shape { FileContent.shape }

    public init(decoding node: Node) throws(DecodingFault) {
        content = try FileContent(decoding: node)
    }

    public var rendered: Node.Content { content.rendered }
    public var shown: ShownText { content.shown }
}
