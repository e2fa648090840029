extension Resource {
    /// The differences of all properties, in the order of the table.
    ///
    /// - Parameter special: what stands in place of the table's answer for some of them, by name; nil is no difference.
    public static func propertyChanges(
        from observed: Self?, to desired: Self, replacing special: [String: Change?] = [:]
    ) -> [Change] {
        let fields = fields
        assert(special.keys.allSatisfy { name in fields.contains { $0.name == name && $0.role == .property } })
        var changes: [Change] = []
        // By index: an iterator of a table whose type is not known here costs more than the work.
        for index in fields.indices where fields[index].role == .property {
            let field = fields[index]
            let change =
                if !special.isEmpty, let change = special[field.name] { change } else {
                    field.change(from: observed, to: desired)
                }
            if let change { changes.append(change) }
        }
        return changes
    }

    /// What differs from what was observed.
    public func differences(from observed: Observed?) -> Differences<Self> { Differences(changes(from: observed)) }
}

extension Resource where Observed == Self {
    public func changes(from observed: Self?) -> [Change] { Self.propertyChanges(from: observed, to: self) }
}

/// Changes of one resource, asked by property.
public struct Differences<Root: Resource> {
    public let changes: [Change]

    public init(_ changes: [Change]) {
        self.changes = changes
    }

    public var isEmpty: Bool { changes.isEmpty }

    /// The change of a property; nil where it is as declared.
    public subscript(_ path: PartialKeyPath<Root>) -> Change? {
        if changes.isEmpty { return nil }
        let fields = Root.fields
        guard let index = fields.indices.first(where: { fields[$0].path == path }) else { return nil }
        let name = fields[index].name
        return changes.first { $0.property == name }
    }

    public func contains(_ path: PartialKeyPath<Root>) -> Bool { self[path] != nil }
}

extension Field {
    /// The field's difference; nil where it is not managed or fulfilled.
    public func change(from observed: Root?, to desired: Root) -> Change? {
        guard let observed else { return shown(desired).map { Change(name, from: nil, to: $0) } }
        guard !isSatisfied(desired, observed), let wanted = shown(desired) else { return nil }
        guard wanted == .secret, let present = shown(observed), present != .secret else {
            return Change(name, from: shown(observed), to: wanted)
        }
        return Change(name, hiding: present, before: render(desired))
    }
}

/// One property's difference.
public struct Change: Sendable, Hashable {
    public var property: String
    /// What is there; nil where nothing is.
    public var old: ShownText?
    /// What is declared; nil where it goes away.
    public var new: ShownText?

    /// The file that differs, where the property is many files; nil for other properties.
    public var file: AbsolutePath?

    /// What tells two observations of a secret property apart: a digest that nobody can guess who does not know the
    /// declared secret. nil for other properties.
    public var witness: Digest?

    public init(_ property: String, from old: ShownText?, to new: ShownText?) {
        self.property = property
        self.old = old
        self.new = new
    }

    /// A difference between what is there and a declared secret: what is there may be an older secret.
    init(_ property: String, hiding present: ShownText, before desired: Node.Content?) {
        self.init(property, from: .secret, to: .secret)
        witness = Digest(of: "\(desired.map { FieldText(of: $0).text } ?? "")\u{0}\(present.fingerprint)")
    }

    /// The difference of a content; that of a secret shows neither side.
    public init(_ property: String, from present: FileContent?, to desired: FileContent) {
        if desired.isSecret, let present {
            let found = present.digest.map { ShownText.digest(byteCount: present.byteCount, $0) } ?? present.shown
            self.init(property, hiding: found, before: desired.rendered)
        } else {
            self.init(property, from: present?.shown, to: desired.shown)
        }
    }

    public init(_ property: String, from present: Content?, to desired: Content) {
        self.init(property, from: present.map { FileContent.whole($0) }, to: .whole(desired))
    }
}

extension ShownText {
    /// A text that is equal where the shown values are.
    public var fingerprint: String {
        switch self {
        case .text(let text): text
        case .content(let content): content.digest.hexadecimal
        case .digest(_, let digest): digest.hexadecimal
        case .secret: "(secret)"
        }
    }
}
