/// A host's fixed position in every window of a schedule: a hash of the host's id and the spread key.
public struct Spread: Sendable, Hashable {
    /// The position, as a fraction of 2^64.
    public let position: UInt64

    public init(position: UInt64) {
        self.position = position
    }

    /// The first 8 bytes, big-endian, of SHA-256("spread/v1" 00 host_id 00 spread_key).
    public init(hostIdentifier: String, key: String) {
        let bytes = Digest(of: "spread/v1\u{0}\(hostIdentifier)\u{0}\(key)").bytes
        position = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// floor(u * window / 2^64), in the window's unit; 0 for a window that is not positive.
    public func offset(in window: Int64) -> Int64 {
        guard window > 0 else { return 0 }
        return Int64(position.multipliedFullWidth(by: UInt64(window)).high)
    }
}
