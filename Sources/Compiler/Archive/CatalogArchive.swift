public import Model

/// A compiled catalog in a form made for speed, with everything that its compilation read.
///
/// It holds for the same binary, host, files, facts and labels only. A catalog with secrets is never archived.
public struct CatalogArchive {
    /// What a compilation depended on.
    public struct Inputs: Sendable, Hashable {
        /// The binary, the site's place and whether secrets can be read.
        public var context: String
        public var host: HostIdentity
        /// By path in the site; nil where there was no file.
        public var files: [String: Digest?]
        /// The paths below folders.
        public var listings: [String: Digest]
        /// By path such as `facts.os.id`, as JSON; nil where there was nothing.
        public var facts: [String: String?]
    }

    private static let magic = "lodestar catalog 1"

    /// The archive of a compilation; nil where it holds secrets, has warnings to repeat or did not succeed.
    public static func bytes(of compilation: Compilation, on site: Site, context: String) -> [UInt8]? {
        guard let catalog = compilation.catalog, compilation.diagnostics.list.isEmpty,
            !catalog.declarations.contains(where: { $0.isPartial || $0.resource.holdsSecret })
        else { return nil }
        var writer = ByteWriter()
        writer.write(magic)
        write(site.inputs(compilation, context: context, host: catalog.host), to: &writer)
        write(catalog, to: &writer)
        return writer.bytes
    }

    /// The catalog of an archive whose inputs still hold; nil otherwise.
    public static func catalog(
        in bytes: [UInt8], types: [ResourceType], where holds: (Inputs) -> Bool
    ) -> Catalog? {
        bytes.withUnsafeBytes { buffer in
            var reader = ByteReader(buffer)
            guard reader.text() == magic else { return nil }
            let inputs = inputs(&reader)
            guard !reader.isBroken, holds(inputs) else { return nil }
            return catalog(&reader, inputs.host, Dictionary(types.map { ($0.name, $0) }, uniquingKeysWith: { $1 }))
        }
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

    /// Whether some field came through `secret()`.
    var holdsSecret: Bool {
        !secretFields.isEmpty
    }
}
