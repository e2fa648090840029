import Crypto

/// Where one host stands in the windows of one schedule, by a hash that nothing but the two can move.
public struct Spread: Sendable, Hashable {
    /// The position, as a fraction of 2^64.
    public let position: UInt64

    /// The first 8 bytes, big-endian, of SHA-256("spread/v1" 00 host_id 00 spread_key).
    public init(hostIdentifier: String, key: String) {
        var hash = SHA256()
        hash.update(data: Array("spread/v1".utf8) + [0] + Array(hostIdentifier.utf8) + [0] + Array(key.utf8))
        position = hash.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// floor(u * window / 2^64), in the window's unit; 0 for a window that is not positive.
    public func offset(in window: Int64) -> Int64 {
        guard window > 0 else { return 0 }
        return Int64(position.multipliedFullWidth(by: UInt64(window)).high)
    }
}
