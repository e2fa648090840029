/// What a field is for.
public enum FieldRole: String, Sendable {
    /// Names the resource.
    case key
    /// Is compared with the host.
    case property
    /// Says only how.
    case parameter
}

/// What a name below `files/` becomes when a site is compiled.
public enum FieldPayload: Sendable, Hashable {
    /// The bytes of a file, as the value of another field.
    case file(of: String)
    /// The text of a template, evaluated, as the value of another field.
    case template(of: String)
    /// A folder: a mapping from relative paths to contents, in place of the name.
    case tree
    /// Names that stand in a mapping: the fields of a part that have a payload, by their names.
    case members([String: FieldPayload])
    /// The same in each value of a mapping.
    case each([String: FieldPayload])

    /// The field that gets the payload; nil: the one that names it.
    public var target: String? {
        switch self {
        case .file(let field), .template(let field): field
        case .tree, .members, .each: nil
        }
    }
}

/// How a field's value stands in the ledger.
public enum FieldRecord: Sendable {
    /// The value; left out where it is a secret.
    case whole
    /// The value; its digest where it is a secret, so that un-declaring finds the object again.
    case wholeOrDigest
    /// By a digest: un-declaring needs to know that there was one, not its bytes.
    case digest
}

/// One row of a resource type's table: everything that is known about one of its fields.
///
/// Decoding, JSON Schema, reference pages, did-you-mean, differences, redaction and the laws are folds over the rows.
///
/// A class, since the tables are walked for every resource and copies of rows would cost more than the work.
public final class Field<Root: Sendable>: Sendable {
    /// The parts that do not depend on the resource's Swift type.
    public let description: FieldDescription
    /// What tells the row from the others; of a lifted row the property of the record.
    private let identity: any AnyKeyPath & Sendable
    let record: FieldRecord
    /// Sets the field from a node.
    public let decode: @Sendable (Node, inout Root) throws(DecodingFault) -> Void
    /// The canonical form of the field's value; nil where there is none.
    public let render: @Sendable (Root) -> Node.Content?
    let recorded: @Sendable (Root) -> Node.Content?
    let shown: @Sendable (Root) -> ShownText?
    let isSatisfied: @Sendable (Root, Root) -> Bool

    /// A field that may be omitted; an omitted property is not managed.
    ///
    /// - Parameter satisfies: whether what is there (second) fulfils what is declared (first), where equality is not
    ///   the question.
    public init<Value: FieldValue>(
        _ name: String, _ path: any WritableKeyPath<Root, Value?> & Sendable, _ role: FieldRole = .property,
        isRequired: Bool = false, record: FieldRecord = .whole, payload: FieldPayload? = nil, doc: String,
        examples: [String] = [],
        satisfies: @escaping @Sendable (Value, Value) -> Bool = { $0 == $1 }
    ) {
        description = FieldDescription(
            name, Value.self, role, isRequired: isRequired, payload: payload, doc: doc, examples: examples)
        self.record = record
        identity = path
        let property = StoredProperty(path)
        decode = { (node, root) throws(DecodingFault) in root[keyPath: path] = try Value(decoding: node) }
        render = { property.value(of: $0)?.rendered }
        recorded = { property.value(of: $0)?.recorded }
        shown = { property.value(of: $0)?.shown }
        isSatisfied = { desired, observed in
            guard let wanted = property.value(of: desired) else { return true }
            guard let present = property.value(of: observed) else { return false }
            return satisfies(wanted, present)
        }
    }

    /// A field that always has a value: a key, a mandatory property, or one of a record type with its stated default.
    public init<Value: FieldValue>(
        _ name: String, always path: any WritableKeyPath<Root, Value> & Sendable, _ role: FieldRole = .property,
        isRequired: Bool = false, record: FieldRecord = .whole, payload: FieldPayload? = nil, doc: String,
        examples: [String] = [],
        satisfies: @escaping @Sendable (Value, Value) -> Bool = { $0 == $1 }
    ) {
        description = FieldDescription(
            name, Value.self, role, isRequired: isRequired, payload: payload, doc: doc, examples: examples)
        self.record = record
        identity = path
        let property = StoredProperty(path)
        decode = { (node, root) throws(DecodingFault) in root[keyPath: path] = try Value(decoding: node) }
        render = { property.value(of: $0).rendered }
        recorded = { property.value(of: $0).recorded }
        shown = { property.value(of: $0).shown }
        isSatisfied = { satisfies(property.value(of: $0), property.value(of: $1)) }
    }

    /// The row of a record type in the table of a type that holds such a record.
    private init<Part>(_ row: Field<Part>, at part: any WritableKeyPath<Root, Part> & Sendable) {
        description = row.description
        record = row.record
        identity = row.identity
        decode = { (node, root) throws(DecodingFault) in try row.decode(node, &root[keyPath: part]) }
        render = { row.render($0[keyPath: part]) }
        recorded = { row.recorded($0[keyPath: part]) }
        shown = { row.shown($0[keyPath: part]) }
        isSatisfied = { row.isSatisfied($0[keyPath: part], $1[keyPath: part]) }
    }

    /// The same row for a type that holds the record at `part`.
    public func lifted<Whole>(to part: any WritableKeyPath<Whole, Root> & Sendable) -> Field<Whole> {
        Field<Whole>(self, at: part)
    }

    /// The property that the row stands for: of `Root`, or of the record that the row is lifted from.
    public var path: AnyKeyPath { identity }

    public var name: String { description.name }
    public var role: FieldRole { description.role }
    public var acceptsSecrets: Bool { description.acceptsSecrets }
    public var isRequired: Bool { description.isRequired }
}

/// Reads a property where it lies in the memory of its struct, without the walk along its key path.
private struct StoredProperty<Root, Value>: Sendable {
    private let path: any WritableKeyPath<Root, Value> & Sendable
    /// nil for what is computed.
    private let offset: Int?

    init(_ path: any WritableKeyPath<Root, Value> & Sendable) {
        self.path = path
        offset = MemoryLayout<Root>.offset(of: path)
    }

    func value(of root: Root) -> Value {
        guard let offset else { return root[keyPath: path] }
        return withUnsafeBytes(of: root) { $0.load(fromByteOffset: offset, as: Value.self) }
    }
}

/// The parts of a field that do not depend on its resource's Swift type: what the compiler, the schema and the reference
/// pages need.
public struct FieldDescription: Sendable {
    public let name: String
    public let role: FieldRole
    /// One sentence, or a few, for the reference page.
    public let doc: String
    public let shape: Shape
    /// Values as they stand in a manifest, in YAML.
    public let examples: [String]
    public let acceptsSecrets: Bool
    public let isRequired: Bool
    /// What the value names below `files/`; nil where it is a value of its own.
    public let payload: FieldPayload?

    init<Value: FieldValue>(
        _ name: String, _ type: Value.Type, _ role: FieldRole, isRequired: Bool, payload: FieldPayload?, doc: String,
        examples: [String]
    ) {
        self.name = name
        self.role = role
        self.doc = doc
        self.examples = examples
        self.isRequired = isRequired
        self.payload = payload
        shape = Value.shape
        acceptsSecrets = Value.acceptsSecrets
    }
}
