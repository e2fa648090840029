public import Model

/// The state during an undo: what the declared resources are is still what was last applied, but for what is brought
/// back or gone, and that is held.
public final class UndoStore: StateStore {
    private let store: any StateStore
    private let run: PastRun
    private let outline: Undo.Outline
    private let site: String?
    /// What is held in place of what is undone.
    private let held: [Hold]?
    /// What is no longer owed.
    private let refreshed: [Address]

    /// - Parameter site: the state of the site for which what is undone is held; nil where none was ever applied.
    public init(
        over store: any StateStore, of run: PastRun, _ outline: Undo.Outline, site: String? = nil, held: [Hold]? = nil,
        refreshed: [Address] = []
    ) {
        self.store = store
        self.site = site
        self.held = held
        self.refreshed = refreshed
        self.run = run
        self.outline = outline
    }

    public func ledger() throws -> [LedgerEntry] { try store.ledger() }
    public func ledgerDigest() -> Digest? { nil }
    public func pendingRefreshes() -> [Address: String] { [:] }
    public func holds() -> [Hold] { [] }
    public func begin(_ start: RunStart) throws -> Int { try store.begin(start) }

    public func prepare(_ preparation: Preparation, run number: Int) throws {
        var preparation = preparation
        preparation.ledger = []
        preparation.images = ofOrigins(preparation.images)
        if !preparation.isEmpty { try store.prepare(preparation, run: number) }
    }

    public func finish(_ report: Report, ledger: LedgerUpdate, images: [Image], run number: Int) throws {
        let failed = Set(report.outcomes.filter(\.hasFailed).flatMap { outline.origins[$0.address] ?? [] })
        let undone = Set(outline.origins.values.joined()).union(outline.settled).subtracting(failed)
        let entries = try store.ledger()
        var update = LedgerUpdate()
        // What an interrupt cut short is tried again.
        update.refreshed = ledger.refreshed + (report.isInterrupted ? [] : refreshed)
        update.written = run.goneEntries.filter { undone.contains($0.address) }
        let made = entries.filter {
            undone.contains($0.address) && run.numbers.contains($0.run) && $0.custody == .created
        }
        update.removedObjects = made.map(\.object)
        let known = Dictionary(entries.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
        update.holds =
            held.map { report.isInterrupted ? [] : $0 }
            ?? undone.map { address in
                Hold(address: address, run: run.number, fields: known[address]?.fields, site: site)
            }
        try store.finish(report, ledger: update, images: ofOrigins(images), run: number)
    }

    /// The images under the resources that the undone run changed, whose ledger entries come back when the undo is undone.
    private func ofOrigins(_ images: [Image]) -> [Image] {
        images.flatMap { image in
            (outline.origins[image.address] ?? [image.address]).map { Image(address: $0, subject: image.subject) }
        }
    }
}
