public import Model

/// What an earlier run did, as far as it was kept.
public struct PastRun: Sendable {
    public var number: Int
    /// Whether it came to its end: of one that was cut short nobody knows what it left.
    public var isFinished: Bool
    /// What its steps found, in their order.
    public var before: [Image]
    /// What it left of each.
    public var after: [Image]
    /// The entries of the ledger that it took away.
    public var goneEntries: [LedgerEntry]
    /// Where each resource was declared.
    public var places: [Address: String]

    public init(
        number: Int, isFinished: Bool, before: [Image], after: [Image], goneEntries: [LedgerEntry],
        places: [Address: String]
    ) {
        self.number = number
        self.isFinished = isFinished
        self.before = before
        self.after = after
        self.goneEntries = goneEntries
        self.places = places
    }

    /// The resources that it changed.
    public var addresses: Set<Address> { Set(before.map(\.address)) }

    /// What an address names among them: itself, or the parts of a composite.
    ///
    /// - Parameter ledger: the present one.
    public func addresses(named address: Address, by ledger: [LedgerEntry]) -> Set<Address> {
        if addresses.contains(address) { return [address] }
        return addresses.intersection((ledger + goneEntries).filter { $0.partOf?.address == address }.map(\.address))
    }

    /// What it changed, the last first: the first image of each, with the resources that changed it.
    var changes: [PastChange] {
        var changes: [PastChange] = [], positions: [PastChange.Key: Int] = [:]
        for image in before {
            let key = PastChange.Key(image)
            if let position = positions[key] {
                if !changes[position].addresses.contains(image.address) {
                    changes[position].addresses.append(image.address)
                }
                changes[position].takeBody(of: image.subject)
            } else {
                positions[key] = changes.count
                changes.append(PastChange(addresses: [image.address], before: image.subject))
            }
        }
        for image in after {
            if let position = positions[PastChange.Key(image)] { changes[position].after = image.subject }
        }
        return changes.reversed()
    }
}

/// One thing that a run changed.
struct PastChange {
    /// The resources whose steps changed it.
    var addresses: [Address]
    var before: Image.Subject
    /// nil where the run did not come so far.
    var after: Image.Subject?

    /// A body that an earlier step left as it was is still the one before the run.
    mutating func takeBody(of later: Image.Subject) {
        guard case .path(var image) = before, image.body == .withheld(.untouched), case .path(let later) = later else {
            return
        }
        image.body = later.body
        before = .path(image)
    }

    struct Key: Hashable {
        private var path: AbsolutePath?
        private var address: Address?

        init(_ image: Image) {
            if case .path(let image) = image.subject { path = image.path } else { address = image.address }
        }
    }
}
