import Model

/// Which files a cron reads at all, and which it passes over in silence.
public struct CronFileRules: Sendable {
    /// Whose cron it is.
    public enum Family: Sendable {
        /// cron(8) of Debian.
        case debian
        /// crond(8) of cronie, as Red Hat and others have it.
        case cronie
    }

    /// Where a table lies.
    public enum Place: Sendable, Hashable {
        /// /etc/crontab.
        case system
        /// A file of /etc/cron.d.
        case dropIn
        /// A user's table in the spool.
        case spool
    }

    /// The part of stat(2) that cron looks at.
    public struct Status: Sendable {
        public var isLink = false
        /// Of the link itself, where it is one.
        public var linkOwner: UInt32 = 0
        public var isRegular: Bool
        public var owner: UInt32
        public var mode: UInt32
        public var linkCount: Int

        public init(isRegular: Bool, owner: UInt32, mode: UInt32, linkCount: Int) {
            self.isRegular = isRegular
            self.owner = owner
            self.mode = mode
            self.linkCount = linkCount
        }
    }

    public var family: Family

    public init(_ family: Family) {
        self.family = family
    }

    /// Why cron passes over a table of a name, in words.
    public func objection(toName name: String, at place: Place) -> String? {
        guard place == .dropIn else { return nil }
        switch family {
        case .debian:
            return Self.isScriptName(name)
                ? nil : "cron passes over it: expected a name of letters, digits, `_` and `-`, found `\(name)`"
        case .cronie:
            let ends = ["~", ".rpmnew", ".rpmsave", ".rpmorig", ".cfsaved"]
            let isPassed = name.hasPrefix(".") || name.hasPrefix("#") || ends.contains { name.hasSuffix($0) }
            return isPassed ? "crond passes over it: it is hidden, or what an editor or a package left" : nil
        }
    }

    /// Why cron passes over a table, in words, by what it is and whose.
    ///
    /// - Parameter user: the number of the account that a table of the spool belongs to; nil where there is none.
    public func objection(to status: Status, at place: Place, user: UInt32?) -> String? {
        guard status.isRegular else { return "cron passes over it: expected a regular file" }
        let mode = "0\(String(status.mode & 0o7777, radix: 8))"
        if status.linkCount != 1 { return "cron passes over it: expected one hard link, found \(status.linkCount)" }
        switch place {
        case .spool:
            guard let user else { return "cron passes over it: there is no such account" }
            if status.owner != user, !(family == .cronie && status.owner == 0) {
                return "cron passes over it: expected the owner \(user), found \(status.owner)"
            }
            return family == .debian && status.mode & 0o7777 != 0o600
                ? "cron passes over it: expected the mode 0600, found \(mode)" : badMode(status, mode)
        case .system, .dropIn:
            if status.owner != 0 { return "cron passes over it: expected the owner root, found \(status.owner)" }
            if status.isLink, status.linkOwner != 0 {
                return "cron passes over it: expected root's link, found one of \(status.linkOwner)"
            }
            return badMode(status, mode)
        }
    }

    private func badMode(_ status: Status, _ mode: String) -> String? {
        switch family {
        case .debian:
            status.mode & 0o022 == 0
                ? nil : "cron passes over it: expected it to be writable by its owner only, found the mode \(mode)"
        case .cronie:
            // The file may be writable by its owner only and executable by nobody (check_open in cron's database.c).
            status.mode & 0o7533 == 0o400 ? nil : "crond passes over it: found the mode \(mode)"
        }
    }

    /// Whether run-parts(8) takes a name.
    public static func isScriptName(_ name: String) -> Bool {
        !name.isEmpty && name.isASCIIWord(or: "_-")
    }
}
