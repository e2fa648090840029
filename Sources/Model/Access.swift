/// Who can log in to a host and who can become root there, each way with what it comes from.
public struct Access: Sendable {
    public var ways: [WayIn] = []
    /// All that there are, whatever they can do.
    public var accounts: Set<String> = []
    /// Why an account cannot do what somebody may expect of it, by its name.
    public var obstacles: [String: [String]] = [:]
    /// What bears on access and is not resolved.
    public var remarks: [String] = []

    public init() {}

    /// Whoever can both log in and become root, whatever is needed for it.
    ///
    /// - Parameter reach: counts only logins from there; nil counts all.
    public func administrators(from reach: WayIn.Reach? = nil) -> Set<String> {
        let roots = Set(ways.filter { $0.goal == .root && $0.isFull }.map(\.account)).union(["root"])
        let logins = ways.filter { $0.goal == .login && $0.isFull && (reach == nil || $0.reach == reach) }
        return Set(logins.map(\.account)).intersection(roots)
    }
}

/// One way into a host, or from an account to root.
public struct WayIn: Sendable {
    public enum Goal: String, Sendable {
        case login, root
    }

    public enum Kind: String, Sendable {
        case password, key, certificate
        /// The number 0.
        case number
        /// Root's own password, for su(1).
        case su
        case sudo, group
    }

    /// Where a login comes from.
    public enum Reach: String, Sendable {
        case remote, console
    }

    public var account: String
    public var goal: Goal
    public var kind: Kind
    /// All that tells it from others: the fingerprint of a key, the commands of a rule, from where.
    public var detail: String
    /// What a person calls it, such as the comment of a key.
    public var note: String
    public var reach: Reach
    /// Whether all that the account or root may do comes with it; false for a forced command or for a few commands.
    public var isFull: Bool
    public var source: Source

    /// The place on the host that it comes from, and what declares that.
    public struct Source: Sendable {
        public var path: AbsolutePath
        public var line: Int?
        /// What a declaration would own, the nearest first.
        public var objects: [HostObject]
        /// Known once a catalog or a ledger was asked.
        public var address: Address?
        /// Where the declaration stands; nil where only the ledger knows it.
        public var place: Place?

        public init(_ path: AbsolutePath, line: Int? = nil, objects: [HostObject] = []) {
            self.path = path
            self.line = line
            self.objects = objects
        }

        public var text: String { path.text + (line.map { ":\($0)" } ?? "") }
    }

    public init(
        _ account: String, _ goal: Goal, _ kind: Kind, _ detail: String, note: String = "", reach: Reach = .remote,
        isFull: Bool = true, from source: Source
    ) {
        self.account = account
        self.goal = goal
        self.kind = kind
        self.detail = detail
        self.note = note
        self.reach = reach
        self.isFull = isFull
        self.source = source
    }

    /// `ana may log in`, `ana may become root`.
    public var claim: String {
        switch (goal, isFull || kind != .sudo) {
        case (.login, _): "\(account) may log in"
        case (.root, true): "\(account) may become root"
        case (.root, false): "\(account) may run some commands as root"
        }
    }

    fileprivate struct Identity: Hashable {
        var words: [String]
    }

    fileprivate var identity: Identity { Identity(words: [account, goal.rawValue, kind.rawValue, detail]) }
}

/// How a plan changes who can get in.
public struct AccessDifference: Sendable {
    public let before: Access
    public let after: Access
    public let added: [WayIn]
    public let removed: [WayIn]

    public init(from before: Access, to after: Access) {
        self.before = before
        self.after = after
        let old = Set(before.ways.map(\.identity)), new = Set(after.ways.map(\.identity))
        added = after.ways.filter { !old.contains($0.identity) }
        removed = before.ways.filter { !new.contains($0.identity) }
    }

    public var isEmpty: Bool { added.isEmpty && removed.isEmpty }

    /// Why nobody who could both log in and become root can do so afterwards; empty where somebody still can, or where
    /// nobody could. Over the network counts by itself: a console is not for everybody who has a key.
    public var lockout: [String] {
        for reach: WayIn.Reach? in [nil, .remote] {
            let could = before.administrators(from: reach), can = after.administrators(from: reach)
            guard !could.isEmpty, could.isDisjoint(with: can) else { continue }
            let how = reach == nil ? "" : " over the network"
            return ["nobody who can log in\(how) and become root could do so any more"]
                + could.sorted().map { "\($0): \(loss(of: $0))" }
        }
        return []
    }

    private func loss(of account: String) -> String {
        let obstacles = (after.obstacles[account] ?? []).filter { before.obstacles[account]?.contains($0) != true }
        let ways = removed.filter { $0.account == account }.map { "no more \($0.detail) (\($0.source.origin))" }
        let reasons = obstacles + ways
        return reasons.isEmpty ? "no way is left" : reasons.prefix(4).joined(separator: "; ")
    }
}

extension WayIn.Source {
    /// The address that declares it, else the place on the host.
    public var origin: String { address.map { "\($0)" } ?? text }
}
