public import Model

/// An object that an undo brought back, or a trial that failed: what the site declares of it is not done again until the
/// site, or the declaration, changes.
public struct Hold: Sendable, Hashable {
    public var address: Address
    /// The run that was undone.
    public var run: Int
    /// What was declared of it when it was undone; nil where its declaration was gone already.
    public var fields: RecordedFields?
    /// The state of the site that it lasts for; nil until the next apply tells which one that is, where none was applied.
    public var site: String?
    /// Why what was declared went back by itself; nil after an undo. It lasts, whatever the site's state, until
    /// something that the trial was about is declared otherwise.
    public var disproof: Disproof?

    public init(address: Address, run: Int, fields: RecordedFields?, site: String?, disproof: Disproof? = nil) {
        self.address = address
        self.run = run
        self.fields = fields
        self.site = site
        self.disproof = disproof
    }
}

/// A trial that failed.
public struct Disproof: Sendable, Hashable {
    /// The resource that asked.
    public var trial: Address
    /// What it declared.
    public var fields: RecordedFields
    /// What was answered.
    public var reason: String

    public init(trial: Address, fields: RecordedFields, reason: String) {
        self.trial = trial
        self.fields = fields
        self.reason = reason
    }
}

extension Catalog {
    /// What a hold lasts for: the commit of the site, or the catalog where the site has none.
    public var siteState: String { Self.commit(in: revision) ?? digest.hexadecimal }

    /// The commit that a revision begins with; nil where it names none.
    public static func commit(in revision: String) -> String? {
        let word = revision.prefix { $0 != " " }
        let isCommit = (7...64).contains(word.utf8.count) && word.allSatisfy { $0.isASCII && $0.isHexDigit }
        return isCommit ? String(word) : nil
    }
}

extension PlannedResource {
    /// What is kept as an undo, or a trial that failed, left it.
    init(_ declaration: Declaration, position: Int?, by hold: Hold) {
        self.init(declaration, position: position, action: .hold)
        reason = hold.disproof.map { .disproved(run: hold.run, $0) } ?? .held(run: hold.run)
    }
}

/// The holds that count for a catalog.
struct Holds {
    private var byAddress: [Address: Hold] = [:]
    /// The composites of which a part is held after a trial that failed: what they no longer have stays too.
    private var byComposite: [Address: Hold] = [:]

    init(_ holds: [Hold], for catalog: Catalog) {
        if holds.isEmpty { return }
        let disproved = Dictionary(grouping: holds.filter { $0.disproof != nil }) { $0.disproof?.trial }
        let declared =
            disproved.isEmpty
            ? [:]
            : Dictionary(
                catalog.declarations.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
        func fields(_ address: Address) -> RecordedFields? {
            declared[address].flatMap { $0.state == .present ? RecordedFields(of: $0.resource) : nil }
        }
        for hold in holds where hold.disproof == nil {
            if hold.site == nil || hold.site == catalog.siteState { byAddress[hold.address] = hold }
        }
        for (trial, group) in disproved {
            // Of what was tried together all is tried again where anything of it is declared otherwise.
            guard let trial, fields(trial) == group.first?.disproof?.fields,
                group.allSatisfy({ fields($0.address) == $0.fields })
            else { continue }
            for hold in group {
                byAddress[hold.address] = hold
                if let composite = declared[hold.address]?.partOf?.address { byComposite[composite] = hold }
            }
        }
    }

    var isEmpty: Bool { byAddress.isEmpty }

    /// The hold on a declaration; nil where there is none, or where it says something else by now.
    func hold(on declaration: Declaration) -> Hold? {
        guard let hold = byAddress[declaration.address] else { return nil }
        switch declaration.state {
        case .present: return hold.fields == RecordedFields(of: declaration.resource) ? hold : nil
        case .absent: return hold.fields == nil ? hold : nil
        }
    }

    /// The hold on an object that is no longer declared.
    func hold(on entry: LedgerEntry) -> Hold? {
        byAddress[entry.address] ?? entry.partOf.flatMap { byComposite[$0.address] }
    }
}
