/// Bounds on one file: an expansion bomb is refused in milliseconds.
public struct YAMLLimits: Sendable {
    public var depth = 64
    public var nodeCount = 1_000_000
    public var scalarByteCount = 1 << 20
    public var fileByteCount = 8 << 20
    /// How many times its own weight a file may become by aliases.
    public var expansion = 10
    /// A weight that every file may have, so that small files with many aliases are taken.
    public var freeWeight = 10_000

    public static let standard = YAMLLimits()
}
