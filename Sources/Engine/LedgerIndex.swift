import Model

/// The ledger by address and by object.
struct LedgerIndex {
    let entries: [LedgerEntry]
    private let byAddress: [Address: LedgerEntry]
    private let byObject: [String: LedgerEntry]

    init(_ entries: [LedgerEntry]) {
        self.entries = entries
        byAddress = Dictionary(entries.map { ($0.address, $0) }, uniquingKeysWith: { $1 })
        byObject = Dictionary(entries.map { ($0.object, $0) }, uniquingKeysWith: { $1 })
    }

    subscript(object object: String) -> LedgerEntry? { byObject[object] }

    /// Says why a resource changes: the ledger holds what was last applied. Hides what may be a secret on the host.
    func explain(_ planned: inout PlannedResource, _ secrecy: Secrecy) {
        planned.changes = secrecy.redacted(planned.changes, of: planned.declaration)
        switch planned.action {
        case .create, .change, .replace, .unknown:
            guard let entry = byAddress[planned.address], entry.custody != .released else {
                planned.cause = .new
                return
            }
            let isSame = entry.fields == RecordedFields(of: planned.declaration.resource)
            planned.cause = isSame ? .drift : .manifestChange
        case .remove: planned.cause = planned.position == nil ? .undeclared : .declaredAbsent
        case .release: planned.cause = .undeclared
        case .refresh: planned.cause = .refresh
        case .hold: if case .held? = planned.reason { planned.cause = .undo }
        case .inPlace, .refuse, .skip: break
        }
    }

    /// A declaration that knows what was last applied, where it has to take something of it away: only in what Lodestar
    /// made. Where it took over what was there, nobody knows which parts were there before.
    func succeeding(_ declaration: Declaration, in catalog: Catalog) -> Declaration {
        guard !entries.isEmpty, declaration.state == .present, var resource = declaration.resource as? any Succeeding,
            let object = resource.objects.first, let entry = byObject[object.text],
            entry.address.type == declaration.address.type, entry.custody == .created
        else { return declaration }
        resource.succeed(recorded: entry.fields, key: entry.address.key)
        var declaration = declaration
        declaration.resource = resource
        if var bounded = declaration.resource as? any Bounded, bounded.usesClaims {
            bounded.claims = catalog.claims(without: declaration.address)
            declaration.resource = bounded
        }
        return declaration
    }

    /// What changes of composites whose parts all stay as they are: the ledger alone learns it.
    func remarks(on declarations: some Sequence<Declaration>, beside plan: Plan) -> [Remark] {
        if entries.isEmpty { return [] }
        let changing = Set(plan.resources.compactMap(\.declaration.partOf?.address))
        var told = Set<Address>()
        return declarations.compactMap { declaration in
            guard declaration.state == .present, let composite = declaration.partOf,
                !changing.contains(composite.address),
                let former = byAddress[declaration.address]?.partOf, former.address == composite.address,
                former.fields != composite.fields, told.insert(composite.address).inserted
            else { return nil }
            let names = composite.fields.names(differingFrom: former.fields).joined(separator: ", ")
            return Remark(
                address: composite.address, place: declaration.place,
                text: "nothing but what is known of it changes: \(names)")
        }
    }

    /// A managed object gives way to another type at its path without `replace`.
    func givingWay(_ declaration: Declaration) -> Declaration {
        guard !entries.isEmpty, var resource = declaration.resource as? any Replacing, resource.replace == nil,
            let object = resource.objects.first, let entry = byObject[object.text], entry.custody == .created,
            entry.address.type != declaration.address.type
        else { return declaration }
        resource.replace = true
        var declaration = declaration
        declaration.resource = resource
        return declaration
    }
}

extension Succeeding {
    fileprivate mutating func succeed(recorded fields: RecordedFields, key: String) {
        var faults = Diagnostics()
        let previous = Self.decoded(key: Node(.string(key), at: .nowhere), fields: fields.entries, into: &faults)
        if !faults.hasErrors { succeed(previous) }
    }
}

extension Declaration {
    /// Whether this declaration may be what takes the place of another that is gone: it has its address, or is a part of
    /// the same file or account.
    func succeeds(_ other: Declaration) -> Bool {
        if address == other.address { return true }
        // What a composite no longer has goes when the rest of it is well.
        if let whole = partOf?.address, whole == other.partOf?.address { return true }
        let wholes = Set(other.resource.objects.compactMap(\.whole))
        return resource.objects.contains { $0.whole.map { wholes.contains($0) } ?? false }
    }
}
