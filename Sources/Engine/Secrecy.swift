import Model

/// Which objects hold a secret: what is declared with one, and what was last applied with one and may still be there.
///
/// A secret that is on the host is as secret as the declared one, whatever becomes of its object: drift, rotation,
/// a plain value in its place, removal.
struct Secrecy {
    private var objects: Set<String> = []
    private var files: Set<AbsolutePath> = []

    init(_ catalog: Catalog, _ ledger: [LedgerEntry]) {
        for declaration in catalog.declarations where declaration.resource.hasSecrets {
            objects.formUnion(declaration.resource.objects.map(\.text))
            files.formUnion(declaration.resource.objects.compactMap(\.file))
        }
        for entry in ledger where entry.secrecy != .none {
            objects.insert(entry.object)
            if case .file(let path) = entry.secrecy { files.insert(path) }
        }
    }

    /// Whether the bytes at a path must not be kept.
    func hides(_ path: AbsolutePath) -> Bool {
        if files.isEmpty { return false }
        return sequence(first: path, next: \.parent).contains { files.contains($0) }
    }

    private func hides(_ object: HostObject) -> Bool {
        objects.contains(object.text) || object.file.map { hides($0) } == true
    }

    /// The changes of a declaration without what is there, where that may be a secret.
    func redacted(_ changes: [Change], of declaration: Declaration) -> [Change] {
        if objects.isEmpty || changes.isEmpty { return changes }
        let resource = declaration.resource
        let isHidden = resource.hasSecrets || resource.objects.contains(where: { hides($0) })
        let names = resource.fieldsThatAcceptSecrets
        return changes.map { change in
            guard let old = change.old, old != .secret, isHidden || change.file.map({ hides($0) }) == true else {
                return change
            }
            switch old {
            case .text where !names.contains(change.property): return change
            case .text, .content, .digest, .secret:
                var change = change
                change.old = .secret
                return change
            }
        }
    }
}

extension Resource {
    /// Whether the resource says nothing about any field that may be a secret: what is there is left as it is.
    var leavesSecrets: Bool {
        func isUnset<R: Resource>(_ resource: R) -> Bool {
            R.fields.allSatisfy { !$0.acceptsSecrets || $0.change(from: nil, to: resource) == nil }
        }
        return isUnset(self)
    }

    fileprivate var fieldsThatAcceptSecrets: Set<String> {
        Set(Self.fields.lazy.filter(\.acceptsSecrets).map(\.name))
    }

    /// Where the resource's secrets are, for the ledger.
    var secrecy: LedgerEntry.Secrecy {
        guard hasSecrets else { return .none }
        return objects.lazy.compactMap(\.file).first.map { .file($0) } ?? .object
    }
}
