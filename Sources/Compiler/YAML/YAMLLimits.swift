/// What one file may cost: a bomb is refused in milliseconds.
struct YAMLLimits: Sendable {
    var depth = 64
    var nodeCount = 1_000_000
    var scalarByteCount = 1 << 20
    var fileByteCount = 8 << 20
    /// How many times its own weight a file may become by aliases.
    var expansion = 10
    /// A weight that every file may have, so that small files with many aliases are taken.
    var freeWeight = 10_000

    static let standard = YAMLLimits()
}
