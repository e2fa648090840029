import Disk
public import Model

/// An image that an installation unpacks into one of its file systems.
public struct InstallImage: Provisioning {
    public var name = PlainName.unset
    public var source = ""
    public var to = PlainName.unset

    public init() {}

    public static let typeName = "image"
    public static let doc = """
        The root of an operating system of an install profile, as `lodestar image pack` writes it: unpacked once into a file \
        system of this installation, after somebody who counts has signed it. What is there is never unpacked again.
        """
    public static let fields: [Field<InstallImage>] = [
        Field("name", always: \.name, .key, doc: "What the profile calls it.", examples: ["debian"]),
        Field(
            "source", always: \.source, .parameter, isRequired: true,
            doc: "The file, by its path or by its name in the folder of `--images`.", examples: ["debian-12.image.tar"]),
        Field(
            "to", always: \.to, .parameter, isRequired: true,
            doc: "The name of a `file_system` of the profile that is mounted.", examples: ["root"]),
    ]
    public static let examples = ["debian: {source: debian-12.image.tar, to: root}"]

    /// What every image brings: a boot loader waits for it.
    static let any = HostObject.installed("image", "")

    public var objects: [HostObject] {
        [.installed("image", name.text), .installed("content of file_system", to.text)]
    }
    public var provisions: [HostObject] { [Self.any] }
    public var needs: [Need] { [Need(.installed("file_system", to.text), "file_system")] }
    public var problems: [Problem] {
        let parts = source.split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = !source.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        let isName = source.hasSuffix(".image.tar") && !parts.contains("..") && isPlain && !source.hasPrefix("-")
        return isName
            ? [] : [Problem("source", "expected a file whose name ends with .image.tar, found \(Node.quoted(source))")]
    }

    public struct Observed: Sendable {
        var found: FoundPartition?
        var mountPoint: AbsolutePath?
        /// nil where it is not needed any more.
        var image: ImageSummary?

        var isFilled: Bool { found?.isFilled ?? false }
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        let storage = try host.installationStorage, found = try storage.partition(ofFileSystem: to.text)
        var observed = Observed(found: found)
        if observed.isFilled { return observed }
        observed.mountPoint = try found.flatMap { try storage.mountPoint(of: $0.partition.number, on: $0.disk) }
        observed.image = try storage.image(at: source)
        return observed
    }

    public func isPresent(in observed: Observed) -> Bool { observed.isFilled }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed, !observed.isFilled else { return [] }
        return [Change("image", from: nil, to: .text(observed.image?.text ?? source))]
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed, !observed.isFilled, let image = observed.image else { return [] }
        guard let found = observed.found, let guid = found.partition.guid else {
            throw Refusal("there is no file system \(to.text)", isMissing: true)
        }
        guard let mountPoint = observed.mountPoint else {
            throw Refusal(
                "the file system \(to.text) is not mounted", hint: "`mount: /` of it says where", isMissing: true)
        }
        guard UInt64(image.unpackedByteCount) <= found.range.byteCount else {
            throw Refusal(
                "it needs \(image.unpackedByteCount >> 20) MiB, and the partition of \(to.text) has \(found.range.byteCount >> 20) MiB"
            )
        }
        return [.storage(.unpack(ImagePlacing(image, in: guid, at: mountPoint)))]
    }
}
