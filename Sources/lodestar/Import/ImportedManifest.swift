import Engine
import Model
import Resources

/// One object of a host as it stands in a manifest.
struct ImportedResource {
    var declaration: Declaration
    var comment: String?
    /// What has to be said of it: fields that are as a fresh resource of the type has them are left out.
    var fields: [(name: String, value: Node.Content)]

    init(_ resource: some Resource, comment: String?) {
        declaration = Declaration(
            address: resource.address, resource: resource,
            place: Place(file: SourceFile("the host"), line: 0, column: 0))
        self.comment = comment
        let usual = Dictionary(
            type(of: resource).init().renderedFields.map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first })
        let required = resource.requiredFields
        fields = resource.renderedFields.filter { usual[$0.name] != $0.value || required.contains($0.name) }
    }
}

/// What a host has, as far as types can say it.
struct ImportedManifest {
    private(set) var resources: [ImportedResource] = []
    /// What no declaration says, and why.
    private(set) var omissions: [String] = []

    mutating func add(_ type: any Importable.Type, from host: some HostReading) throws {
        try collect(type, from: host)
    }

    private mutating func collect<Kind: Importable>(_ type: Kind.Type, from host: some HostReading) throws {
        var findings = Findings<Kind>()
        try Kind.addImports(from: host, to: &findings)
        resources += findings.list.map { ImportedResource($0.resource, comment: $0.comment) }
        omissions += findings.omissions
    }

    /// Leaves out what cannot be declared, or is not in place as it would be: importing and planning must agree.
    mutating func verify(on host: any HostReading) {
        resources.removeAll { imported in
            if let problem = imported.problem {
                omissions.append("\(imported.declaration.address): \(problem)")
                return true
            }
            do {
                let differing = try imported.declaration.differingProperty(on: host)
                if let differing {
                    omissions.append("\(imported.declaration.address): its \(differing) cannot be said")
                }
                return differing != nil
            } catch {
                omissions.append("\(imported.declaration.address): \(Reason.text(of: error))")
                return true
            }
        }
    }

    /// Names what a site of Lodestar made on the host and nothing here declares: planning would take it away.
    mutating func nameOwned(_ ledger: [LedgerEntry]) {
        let declared = Set(resources.flatMap { $0.declaration.resource.objects.map(\.text) })
        var named: Set<Address> = []
        for entry in ledger where entry.custody == .created && !declared.contains(entry.object) {
            let address = entry.partOf?.address ?? entry.address
            if named.insert(address).inserted {
                omissions.append("\(address): another site declared it, and a plan of this one takes it away")
            }
        }
    }

    /// The manifest of some types.
    func text(of types: [String], contentsIn place: ImportedContents) -> String {
        var lines: [String] = []
        for type in types {
            let group = resources.filter { $0.declaration.address.type == type }
            guard !group.isEmpty else { continue }
            if !lines.isEmpty { lines.append("") }
            lines.append("\(type):")
            for resource in group { lines += resource.lines(place) }
        }
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }

    var types: [String] {
        var types: [String] = []
        for resource in resources where !types.contains(resource.declaration.address.type) {
            types.append(resource.declaration.address.type)
        }
        return types
    }
}

/// Where the contents of files stand.
enum ImportedContents {
    case inManifest, inFiles
}

extension ImportedResource {
    /// Why a manifest cannot declare it, such as a path with a newline; nil where it can.
    fileprivate var problem: String? {
        let key = Node(.string(declaration.address.key), at: .nowhere)
        let entries = fields.map { Node.Entry(key: $0.name, keyPlace: .nowhere, value: Node($0.value, at: .nowhere)) }
        var faults = Diagnostics()
        let decoded = type(of: declaration.resource).decoded(key: key, fields: entries, into: &faults)
        return faults.list.first?.message ?? decoded.problems.first?.text
    }

    private static let lineLimit = 110

    /// The lines of the resource below its type.
    func lines(_ place: ImportedContents) -> [String] {
        let head = "  \(ManifestText.word(declaration.address.key)):"
        var lines = comment.map { ["  # \($0)"] } ?? []
        let fields = place == .inFiles ? self.fields.map(sourced) : self.fields
        let short =
            "\(head) {"
            + fields.map { "\($0.name): \(ManifestText.flow($0.value))" }.joined(separator: ", ") + "}"
        if short.utf8.count <= Self.lineLimit, !fields.contains(where: { $0.name == "content" }) {
            return lines + [short]
        }
        lines.append(head)
        for field in fields {
            if case .string(let text) = field.value,
                let block = ManifestText.block(text, margin: "      ")
            {
                lines += ["    \(field.name): |"] + block
            } else {
                lines.append("    \(field.name): \(ManifestText.flow(field.value))")
            }
        }
        return lines
    }

    /// The file below `files/` that holds the content; nil where there is none.
    var source: (path: String, bytes: [UInt8])? {
        guard case .string(let text)? = fields.first(where: { $0.name == "content" })?.value else { return nil }
        return (String(declaration.address.key.dropFirst()), Array(text.utf8))
    }

    private func sourced(_ field: (name: String, value: Node.Content)) -> (name: String, value: Node.Content) {
        guard field.name == "content", let source else { return field }
        return ("source", .string(source.path))
    }
}
