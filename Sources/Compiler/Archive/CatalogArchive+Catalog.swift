import Model

/// The catalog itself: declarations with their rendered fields, then the edges.
extension CatalogArchive {
    static func write(_ catalog: Catalog, to writer: inout ByteWriter) {
        writer.write(catalog.site)
        writer.write(catalog.revision)
        writer.write(catalog.digest.bytes)
        writer.write(catalog.safety.maximumRemovals ?? -1)
        writer.write(catalog.safety.confirmationTime.map { Int($0.wholeMilliseconds) } ?? -1)
        writer.write(catalog.dormant.map(\.description).sorted())
        writer.write(catalog.declarations.count)
        for declaration in catalog.declarations { write(declaration, to: &writer) }
        writer.write(catalog.edges.count)
        for edge in catalog.edges {
            writer.write(edge.from)
            writer.write(edge.to)
            writer.writeShared(edge.reason)
            writer.write(edge.isNotification ? edge.notifiesWhenGone ? 1 : 2 : 0)
            write(edge.place, to: &writer)
        }
    }

    private static func write(_ declaration: Declaration, to writer: inout ByteWriter) {
        writer.writeShared(declaration.address.type)
        writer.write(declaration.address.key)
        write(declaration.place, to: &writer)
        writer.write(declaration.state == .present ? 1 : 0)
        writer.writeShared(declaration.onUndeclared?.rawValue ?? "")
        writer.write(declaration.origin)
        writer.write(declaration.tags)
        writer.write(declaration.note)
        writer.write(declaration.partOf?.address.description)
        writer.write(declaration.partOf?.fields.text)
        let fields = declaration.resource.renderedFields, contentNames = declaration.resource.contentNames
        let secretNames = declaration.resource.secretFields
        writer.write(fields.count)
        for field in fields {
            writer.writeShared(field.name)
            var node = Node(field.value, at: .nowhere, isSecret: secretNames.contains(field.name))
            // A long text can only be a content, which is bytes in the end: nothing has to be validated again.
            if case .string(let text) = field.value, text.utf8.count > 256,
                node.isSecret || contentNames.contains(field.name)
            {
                node.content = .bytes(Array(text.utf8))
            }
            writer.write(node)
        }
    }

    /// Whether a declaration's resource is read as it was written, with the same secrets.
    static func isItselfAgain(_ declaration: Declaration) -> Bool {
        var writer = ByteWriter()
        write(declaration, to: &writer)
        let type = type(of: declaration.resource), secrets = declaration.resource.secretFields
        let again = writer.bytes.withUnsafeBytes { buffer -> Declaration? in
            var reader = ByteReader(buffer), files: [String: SourceFile] = [:], faults = Diagnostics()
            let read = Self.declaration(&reader, { _ in type }, &files, &faults)
            return reader.isBroken || faults.hasErrors ? nil : read
        }
        guard let resource = again?.resource else { return false }
        return AnyHashable(resource) == AnyHashable(declaration.resource) && resource.secretFields == secrets
    }

    private static func write(_ place: Place?, to writer: inout ByteWriter) {
        writer.writeShared(place?.file.path ?? "")
        writer.write(place?.line ?? 0)
        writer.write(place?.column ?? 0)
    }

    static func catalog(_ reader: inout ByteReader, _ host: HostIdentity, _ types: Types) -> Catalog? {
        var files: [String: SourceFile] = [:]
        let site = reader.text(), revision = reader.text()
        guard let digest = Digest(bytes: reader.data()) else { return nil }
        let limit = reader.number(), confirmation = reader.number()
        let safety = Safety(
            maximumRemovals: limit < 0 ? nil : limit,
            confirmationTime: confirmation < 0 ? nil : .milliseconds(confirmation))
        let dormant = Set(reader.list().compactMap { Address($0) })
        var declarations: [Declaration] = [], faults = Diagnostics()
        let count = reader.count()
        declarations.reserveCapacity(count)
        for _ in 0..<count {
            guard let declaration = declaration(&reader, types, &files, &faults), !reader.isBroken else { return nil }
            declarations.append(declaration)
        }
        var edges: [Edge] = []
        let edgeCount = reader.count()
        edges.reserveCapacity(edgeCount)
        for _ in 0..<edgeCount where !reader.isBroken {
            let from = reader.number(), to = reader.number(), reason = reader.sharedText()
            let notification = reader.number()
            guard declarations.indices.contains(from), declarations.indices.contains(to) else { return nil }
            var edge = Edge(
                from: from, to: to, reason: reason, isNotification: notification > 0, place: place(&reader, &files))
            edge.notifiesWhenGone = notification != 2
            edges.append(edge)
        }
        guard !reader.isBroken, !faults.hasErrors else { return nil }
        return Catalog(
            site: site, host: host, safety: safety,
            declarations: declarations,
            edges: edges, digest: digest, revision: revision, dormant: dormant)
    }

    private static func declaration(
        _ reader: inout ByteReader, _ types: Types, _ files: inout [String: SourceFile],
        _ faults: inout Diagnostics
    ) -> Declaration? {
        let address = Address(type: reader.sharedText(), key: reader.text())
        guard let type = types(address.type), let place = place(&reader, &files) else { return nil }
        let isPresent = reader.number() == 1, policy = UndeclaredPolicy(rawValue: reader.sharedText())
        let origin = reader.list(), tags = reader.list(), note = reader.optionalText()
        let composite = reader.optionalText().flatMap { Address($0) }, compositeFields = reader.optionalText()
        var entries: [Node.Entry] = []
        let count = reader.count()
        entries.reserveCapacity(count)
        for _ in 0..<count where !reader.isBroken {
            let name = reader.sharedText()
            entries.append(.init(key: name, keyPlace: place, value: reader.node(at: place)))
        }
        let key = Node(.string(address.key), at: place)
        return Declaration(
            address: address, resource: type.decoded(key: key, fields: entries, into: &faults), place: place,
            origin: origin, state: isPresent ? .present : .absent, onUndeclared: policy, tags: tags, note: note,
            partOf: composite.map { Composite($0, fields: RecordedFields(text: compositeFields ?? "")) })
    }

    private static func place(_ reader: inout ByteReader, _ files: inout [String: SourceFile]) -> Place? {
        let path = reader.sharedText(), line = reader.number(), column = reader.number()
        if path.isEmpty { return nil }
        if let file = files[path] { return Place(file: file, line: line, column: column) }
        let file = SourceFile(path)
        files[path] = file
        return Place(file: file, line: line, column: column)
    }
}
