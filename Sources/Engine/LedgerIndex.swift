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

    /// Says why a resource changes: the ledger holds what was last applied.
    func explain(_ planned: inout PlannedResource) {
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
        case .inPlace, .refuse, .skip: break
        }
    }

    /// An object of ours gives way to another type at its path without `replace`.
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
