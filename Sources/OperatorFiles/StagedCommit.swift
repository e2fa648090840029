/// A commit on the way from the one that was begun to the newest one.
struct StagedCommit: Sendable, Hashable {
    /// 40 digits.
    var commit: String
    /// Whether it bears a signature that counts: the others are passed over.
    var isTrusted = true
    /// The committer's date, and when this host first knew of the commit; seconds since 1970.
    var made: Int64
    var seen: Int64
    /// Whether no host waits for it.
    var isForAll = false
    /// The first digits of commits that it takes back: no host takes them any more.
    var voided: [String] = []

    /// The fewest digits that name a commit to be taken back.
    private static let fewestDigits = 7

    /// When a host takes it that comes after so many seconds.
    func due(after soak: Int64) -> Int64 { isForAll ? 0 : max(made, seen) + soak }

    /// The position of the newest commit that has been with others for long enough.
    ///
    /// - Parameters:
    ///   - chain: the newest first.
    ///   - soak: seconds.
    /// - Returns: nil for none.
    static func choice(of chain: [StagedCommit], after soak: Int64, at now: Int64) -> Int? {
        var voided: Set<Int> = []
        for (place, one) in chain.enumerated() where one.isTrusted {
            for digits in one.voided where digits.utf8.count >= fewestDigits {
                guard let bad = chain[(place + 1)...].firstIndex(where: { $0.commit.hasPrefix(digits) }) else {
                    continue
                }
                // What lies between has the bad one in it.
                voided.formUnion((place + 1)...bad)
            }
        }
        return chain.indices.first {
            chain[$0].isTrusted && !voided.contains($0) && chain[$0].due(after: soak) <= now
        }
    }
}
