public import Model

/// A compiled catalog in a form made for speed, with everything that its compilation read.
///
/// The archive holds for the same binary, host, files, facts and labels only. That of a catalog with secrets holds them too:
/// it must be sealed before it is written anywhere.
public struct CatalogArchive {
    /// The inputs of the compilation.
    public struct Inputs: Sendable, Hashable {
        /// The binary, the site's place and which secrets can be read.
        public var context: String
        public var host: HostIdentity
        /// By path in the site; nil where there was no file.
        public var files: [String: Digest?]
        /// The paths below folders.
        public var listings: [String: Digest]
        /// By path such as `facts.os.id`, as JSON; nil where there was nothing.
        public var facts: [String: String?]
    }

    /// The type of a word of manifests; nil for another word.
    public typealias Types = (String) -> (any Resource.Type)?

    private static let magic = "lodestar catalog 6"

    public let inputs: Inputs
    public let catalog: Catalog
    /// Whether something of a secret is in the catalog it was made of.
    public let holdsSecrets: Bool

    /// The archive of a compilation; nil where it has warnings to repeat, lacks the value of a secret or did not succeed, and
    /// where a secret would not be read as one again.
    public init?(of compilation: Compilation, on site: Site, context: String) {
        guard let catalog = compilation.catalog, compilation.diagnostics.list.isEmpty,
            !catalog.declarations.contains(where: \.isPartial)
        else { return nil }
        let secretive = catalog.declarations.filter(\.resource.hasSecrets)
        guard secretive.allSatisfy(Self.isItselfAgain) else { return nil }
        self.init(
            inputs: site.inputs(compilation, context: context, host: catalog.host), catalog: catalog,
            holdsSecrets: !secretive.isEmpty)
    }

    init(inputs: Inputs, catalog: Catalog, holdsSecrets: Bool) {
        self.inputs = inputs
        self.catalog = catalog
        self.holdsSecrets = holdsSecrets
    }

    /// The archive in bytes, if its inputs still hold; nil otherwise.
    public init?(
        _ bytes: [UInt8], types: Types, of site: (any SiteReader)? = nil, where holds: (Inputs) -> Bool
    ) {
        let archive = bytes.withUnsafeBytes { buffer -> CatalogArchive? in
            var reader = ByteReader(buffer, site: site)
            guard Checksum.holds(&reader, over: buffer) else { return nil }
            let archive = CatalogArchive(&reader, types, holds)
            return reader.isAtEnd ? archive : nil
        }
        guard let archive else { return nil }
        self = archive
    }

    public var bytes: [UInt8] {
        var writer = ByteWriter()
        write(to: &writer)
        return Checksum.before(writer.bytes)
    }

    init?(_ reader: inout ByteReader, _ types: Types, _ holds: (Inputs) -> Bool) {
        guard reader.text() == Self.magic else { return nil }
        let inputs = Self.inputs(&reader)
        guard !reader.isBroken, holds(inputs) else { return nil }
        let holdsSecrets = reader.number() == 1
        guard let catalog = Self.catalog(&reader, inputs.host, types) else { return nil }
        self.init(inputs: inputs, catalog: catalog, holdsSecrets: holdsSecrets)
    }

    func write(to writer: inout ByteWriter) {
        writer.write(Self.magic)
        Self.write(inputs, to: &writer)
        writer.write(holdsSecrets ? 1 : 0)
        Self.write(catalog, to: &writer)
    }

    private static func write(_ inputs: Inputs, to writer: inout ByteWriter) {
        writer.write(inputs.context)
        writer.write(inputs.host.id)
        writer.write(inputs.host.name)
        writer.write(inputs.host.ip)
        writer.write(inputs.files.count)
        for (path, digest) in inputs.files.sorted(by: { $0.key < $1.key }) {
            writer.write(path)
            writer.write(digest?.bytes ?? [])
        }
        writer.write(inputs.listings.count)
        for (folder, digest) in inputs.listings.sorted(by: { $0.key < $1.key }) {
            writer.write(folder)
            writer.write(digest.bytes)
        }
        writer.write(inputs.facts.count)
        for (path, value) in inputs.facts.sorted(by: { $0.key < $1.key }) {
            writer.write(path)
            writer.write(value)
        }
    }

    private static func inputs(_ reader: inout ByteReader) -> Inputs {
        var inputs = Inputs(
            context: reader.text(),
            host: HostIdentity(id: reader.text(), name: reader.text(), ip: reader.optionalText()),
            files: [:], listings: [:], facts: [:])
        for _ in 0..<reader.count() where !reader.isBroken {
            let path = reader.text()
            inputs.files[path] = .some(Digest(bytes: reader.data()))
        }
        for _ in 0..<reader.count() where !reader.isBroken {
            let folder = reader.text()
            inputs.listings[folder] = Digest(bytes: reader.data())
        }
        for _ in 0..<reader.count() where !reader.isBroken {
            let path = reader.text()
            inputs.facts[path] = .some(reader.optionalText())
        }
        return inputs
    }
}

extension Resource {
    /// The names of the fields that hold a content.
    var contentNames: Set<String> {
        Set(shownFields.compactMap { if case .content = $0.value { $0.name } else { nil } })
    }
}
