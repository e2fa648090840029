import Model

/// Items of a manifest or a role that hosts with the same answers have in common, taken together.
final class ItemRun {
    let items: [EvaluatedItem]
    /// All that is wrong with them.
    let diagnostics: Diagnostics
    let hasErrors: Bool
    /// Those that extend others.
    let extending: [EvaluatedItem]
    /// What they declare, which others may extend.
    let addresses: Set<Address>
    /// The number of their shapes among those of a fleet.
    var shape: Int32?

    init(_ items: [EvaluatedItem]) {
        self.items = items
        var diagnostics = Diagnostics()
        for item in items { diagnostics.add(contentsOf: item.diagnostics) }
        self.diagnostics = diagnostics
        hasErrors = items.contains(where: \.hasErrors)
        extending = items.filter { !$0.outcome.additions.isEmpty }
        addresses = Set(items.flatMap(\.outcome.declared).map(\.address))
    }
}

/// A part of what a host is: one item, or many that others have in common with it.
enum Portion {
    case item(EvaluatedItem)
    case run(ItemRun)

    var identity: ObjectIdentifier {
        switch self {
        case .item(let item): ObjectIdentifier(item)
        case .run(let run): ObjectIdentifier(run)
        }
    }

    /// Whether it is of no host alone.
    var isShared: Bool {
        switch self {
        case .item(let item): item.isShared
        case .run: true
        }
    }

    var items: [EvaluatedItem] {
        switch self {
        case .item(let item): [item]
        case .run(let run): run.items
        }
    }

    var diagnostics: Diagnostics {
        switch self {
        case .item(let item): item.diagnostics
        case .run(let run): run.diagnostics
        }
    }

    var hasErrors: Bool {
        switch self {
        case .item(let item): item.hasErrors
        case .run(let run): run.hasErrors
        }
    }

    /// The items that extend others.
    var extending: [EvaluatedItem] {
        switch self {
        case .item(let item): item.outcome.additions.isEmpty ? [] : [item]
        case .run(let run): run.extending
        }
    }
}
