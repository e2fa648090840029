public import Values

/// How long something that was signed counts.
public struct Lifetime: Sendable, Hashable {
    /// Seconds since 1970.
    public var created: Int64
    /// From then on it counts no more, in seconds since 1970; nil: never.
    public var expires: Int64?

    public init(created: Int64, expires: Int64?) { (self.created, self.expires) = (created, expires) }

    /// Why it does not count at some time, in words; nil where it does.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - latest: when it was made at the latest, in seconds since 1970; nil where no clock says so.
    public func objection(now: Int64, latest: Int64?) -> String? {
        if let expires, now >= expires {
            return "it counts until \(Timestamp.text(seconds: expires)), and it is \(Timestamp.text(seconds: now))"
        }
        guard let latest, created > latest else { return nil }
        return "it was made at \(Timestamp.text(seconds: created)), which has not come yet"
    }

    /// The members of JSON that say it.
    public var members: [Datum.Member] {
        var members: [Datum.Member] = [.init("created", .string(Timestamp.text(seconds: created)))]
        if let expires { members.append(.init("expires", .string(Timestamp.text(seconds: expires)))) }
        return members
    }
}
