/// A resource type without its Swift type: what the compiler, the schema and the reference pages need of it.
public struct ResourceType: Sendable {
    public let name: String
    public let doc: String
    public let examples: [String]
    public let fields: [FieldDescription]
    public let isRemovable: Bool
    public let isRefreshable: Bool
    /// Whether it is a composite.
    public let isExpandable: Bool
    public let bearsData: Bool
    /// Whether it stands in install profiles only.
    public let isProvisioning: Bool
    public let swiftType: any Resource.Type

    public init<Type: Resource>(_ type: Type.Type) {
        name = type.typeName
        doc = type.doc
        examples = type.examples
        fields = type.fields.map(\.description)
        isRemovable = type.isRemovable || type.isExpandable
        isRefreshable = type.isRefreshable
        isExpandable = type.isExpandable
        bearsData = type.bearsData
        isProvisioning = type.isProvisioning
        swiftType = type
    }

    /// The field that names the resource.
    public var keyField: FieldDescription? { fields.first }
}

extension Resource {
    /// Decodes a declaration: the key, then the given fields; every fault is reported, not only the first.
    ///
    /// Unknown fields are the caller's to report. A field whose node holds something unknown is left as it is.
    public static func decoded(key: Node, fields given: [Node.Entry], into faults: inout Diagnostics) -> Self {
        var resource = Self()
        let fields = fields
        guard let keyField = fields.first else { return resource }
        decode(keyField, from: key, into: &resource, &faults)
        // By index, here and below: an iterator of a table whose type is not known here costs more than the work.
        for entry in given {
            guard let index = (1..<fields.count).first(where: { fields[$0].name == entry.key }) else { continue }
            decode(fields[index], from: entry.value, into: &resource, &faults)
        }
        return resource
    }

    /// Reports the mandatory fields that a declaration leaves out.
    public static func reportMissing(in given: [Node.Entry], at place: Place, into faults: inout Diagnostics) {
        let fields = fields
        for index in 1..<max(1, fields.count) where fields[index].isRequired {
            let field = fields[index]
            if given.contains(where: { $0.key == field.name }) { continue }
            faults.add(Diagnostic("expected `\(field.name)`, found none", at: place, hint: field.description.doc))
        }
    }

    private static func decode(
        _ field: Field<Self>, from node: Node, into resource: inout Self, _ faults: inout Diagnostics
    ) {
        if node.hasUnknown { return }
        if !field.acceptsSecrets, node.hasSecret {
            faults.add(
                Diagnostic(
                    "`\(field.name)`: expected a value that may be shown, found a secret", at: node.place,
                    hint: hintAtSecret))
            return
        }
        do throws(DecodingFault) {
            try field.decode(node, &resource)
        } catch {
            faults.add(error.diagnostic(of: field.name, hint: node.hintAtNewline))
        }
    }

    /// Where a secret may stand instead.
    private static var hintAtSecret: String {
        let names = fields.filter(\.acceptsSecrets).map { "`\($0.name)`" }
        return names.isEmpty
            ? "a \(typeName) has no property for a secret"
            : "secrets of a \(typeName) may stand in \(names.joined(separator: ", "))"
    }

    /// The declared fields in canonical form, without the key; decoding them gives an equal resource.
    public var renderedFields: [(name: String, value: Node.Content)] {
        Self.fields.dropFirst().compactMap { field in field.render(self).map { (field.name, $0) } }
    }

    /// The names of the fields that no declaration leaves out.
    public var requiredFields: Set<String> {
        Set(Self.fields.lazy.filter(\.description.isRequired).map(\.name))
    }

    /// The names of the declared fields that came through `secret()`.
    public var secretFields: [String] {
        Self.fields.compactMap { $0.acceptsSecrets && $0.shown(self) == .secret ? $0.name : nil }
    }

    /// Whether something of the declaration must not be shown or stored, in whatever becomes of the object.
    public var hasSecrets: Bool {
        let fields = Self.fields
        return fields.indices.contains { fields[$0].acceptsSecrets && fields[$0].shown(self) == .secret }
    }

    /// The declared fields as plans show them, without the key.
    public var shownFields: [(name: String, value: ShownText)] {
        Self.fields.dropFirst().compactMap { field in field.shown(self).map { (field.name, $0) } }
    }
}

extension Node {
    /// What helps where a text was read from a file with its last newline.
    fileprivate var hintAtNewline: String? {
        guard !isSecret, text?.unicodeScalars.last == "\n" else { return nil }
        return "`.trim()` takes the newline away"
    }
}
