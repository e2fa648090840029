public import Model

/// How an object came under management.
public enum Custody: String, Sendable {
    /// Lodestar made it: un-declaring removes it.
    case created
    /// The object was there before: un-declaring leaves it.
    case adopted
    /// The object was managed and is no longer declared.
    case released
}

/// One object in the ledger, with the last declaration that was applied to it.
public struct LedgerEntry: Sendable, Hashable {
    /// `HostObject.text`: identity is the object, not the address.
    public var object: String
    public var address: Address
    public var custody: Custody
    public var fields: RecordedFields
    public var onUndeclared: UndeclaredPolicy?
    /// Its position in the order of apply: removals go the other way.
    public var sequence: Int
    public var run: Int
    public var secrecy: Secrecy
    /// The resources that its removal refreshes.
    public var notified: [Address]
    /// The composite that it was declared by; nil where it stood in a manifest itself.
    public var partOf: Composite?

    /// Whether the object holds a secret, and in which file.
    public enum Secrecy: Sendable, Hashable {
        case none, object
        case file(AbsolutePath)
    }

    public init(
        object: String, address: Address, custody: Custody, fields: RecordedFields, onUndeclared: UndeclaredPolicy?,
        sequence: Int, run: Int, secrecy: Secrecy = .none, notified: [Address] = [], partOf: Composite? = nil
    ) {
        self.partOf = partOf
        self.secrecy = secrecy
        self.notified = notified
        self.object = object
        self.address = address
        self.custody = custody
        self.fields = fields
        self.onUndeclared = onUndeclared
        self.sequence = sequence
        self.run = run
    }
}

/// The part of the state that must be durable before a batch of steps is performed.
public struct Preparation: Sendable {
    public var ledger: [LedgerEntry] = []
    /// The resources to refresh, each with the address that causes it.
    public var refreshes: [Address: Address] = [:]
    /// What the steps are about to change.
    public var images: [Image] = []

    public init() {}

    public var isEmpty: Bool { ledger.isEmpty && refreshes.isEmpty && images.isEmpty }
}

/// Reads what earlier runs left behind.
public protocol StateReading: AnyObject {
    func ledger() throws -> [LedgerEntry]
    /// The catalog that the ledger was last brought in line with, so that it need not be read when nothing changed.
    func ledgerDigest() throws -> Digest?
    /// The refreshes that a run owed and did not do, with their causes.
    func pendingRefreshes() throws -> [Address: String]
    /// What an undo, or a trial that failed, keeps from being done again.
    func holds() throws -> [Hold]
    /// What outlived a holder that earlier runs removed, with the last one, by the objects' texts.
    func retired() throws -> [String: Address]
}

extension StateReading {
    public func retired() throws -> [String: Address] { [:] }
}

/// The state of a host: runs, ledger, before-images, refresh journal.
public protocol StateStore: StateReading {
    func begin(_ run: RunStart) throws -> Int
    /// Makes a preparation durable.
    func prepare(_ preparation: Preparation, run: Int) throws
    /// - Parameter images: what the run left of all that it changed.
    func finish(_ report: Report, ledger: LedgerUpdate, images: [Image], run: Int) throws
}

/// How a run changes the ledger at its end.
public struct LedgerUpdate: Sendable {
    public var written: [LedgerEntry] = []
    public var removedObjects: [String] = []
    /// The owed refreshes that were done.
    public var refreshed: [Address] = []
    /// The catalog that the ledger agrees with afterwards; nil when some resource failed.
    public var digest: Digest?
    /// What an undo brought back.
    public var holds: [Hold] = []
    /// What outlives the holders that were removed, with the holder, by the objects' texts.
    public var retired: [String: Address] = [:]
    /// The trials that held: what an earlier failure of them holds is free.
    public var proved: [Address] = []

    public init() {}
}

public struct RunStart: Sendable {
    public var site: String
    public var revision: String
    public var catalogDigest: Digest
    /// Seconds since 1970.
    public var time: Int

    public init(site: String, revision: String, catalogDigest: Digest, time: Int) {
        self.site = site
        self.revision = revision
        self.catalogDigest = catalogDigest
        self.time = time
    }
}

/// A host without a past.
public final class NoState: StateReading {
    public init() {}
    public func ledger() -> [LedgerEntry] { [] }
    public func ledgerDigest() -> Digest? { nil }
    public func pendingRefreshes() -> [Address: String] { [:] }
    public func holds() -> [Hold] { [] }
}
