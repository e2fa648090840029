public import Model

/// What an earlier run did, as far as it was kept.
public struct PastRun: Sendable {
    /// Its number; the last one's, where several are taken as one.
    public var number: Int
    /// The first of several that are taken as one; the same where it is one.
    public var firstNumber: Int
    /// Whether what an interrupted one left is what is there now.
    public var isContinued = false
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
        firstNumber = number
        self.isFinished = isFinished
        self.before = before
        self.after = after
        self.goneEntries = goneEntries
        self.places = places
    }

    public var numbers: ClosedRange<Int> { min(firstNumber, number)...number }

    /// This run and a later one as one.
    public func joined(with later: PastRun) -> PastRun {
        var joined = later
        joined.firstNumber = firstNumber
        joined.isContinued = true
        joined.before = before + later.before
        joined.after = after + later.after
        joined.goneEntries = goneEntries + later.goneEntries
        joined.places.merge(places) { later, _ in later }
        return joined
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
