public import Model

/// An object that an undo brought back: what the site declares of it is not done again until the site changes.
public struct Hold: Sendable, Hashable {
    public var address: Address
    /// The run that was undone.
    public var run: Int
    /// What was declared of it when it was undone; nil where its declaration was gone already.
    public var fields: RecordedFields?
    /// The state of the site that it lasts for; nil until the next apply tells which one that is, where none was applied.
    public var site: String?

    public init(address: Address, run: Int, fields: RecordedFields?, site: String?) {
        self.address = address
        self.run = run
        self.fields = fields
        self.site = site
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
    /// What an undo keeps as it is.
    init(_ declaration: Declaration, position: Int?, by hold: Hold) {
        self.init(declaration, position: position, action: .hold)
        reason = .held(run: hold.run)
    }
}

/// The holds that count for a catalog.
struct Holds {
    private var byAddress: [Address: Hold] = [:]

    init(_ holds: [Hold], for catalog: Catalog) {
        for hold in holds where hold.site == nil || hold.site == catalog.siteState { byAddress[hold.address] = hold }
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
    func hold(on entry: LedgerEntry) -> Hold? { byAddress[entry.address] }
}
