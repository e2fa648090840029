public import Model

/// A size of a disk or a partition, such as `512MiB` or `400GB`.
public struct StorageSize: Sendable, Hashable, TextValue {
    public let text: String
    public let byteCount: UInt64

    public static var shape: Shape { .text(pattern: "^[0-9]+(\\.[0-9]+)?(MiB|GiB|TiB|MB|GB|TB)$") }
    public static let expectation = "a size such as 512MiB, 64GiB or 400GB"
    public static let hint: String? = "MiB, GiB and TiB are multiples of 1024, MB, GB and TB of 1000"

    private static let units: [(String, UInt64)] = [
        ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("MB", 1_000_000), ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
    ]

    public init?(_ text: String) {
        guard let (suffix, unit) = Self.units.first(where: { text.hasSuffix($0.0) }) else { return nil }
        let parts = text.dropLast(suffix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 12 && $0.utf8.allSatisfy(\.isASCIIDigit) }),
            let whole = UInt64(parts[0])
        else { return nil }
        let (bytes, overflow) = whole.multipliedReportingOverflow(by: unit)
        var sum = bytes
        if parts.count == 2, let fraction = UInt64(parts[1]) {
            let scale = (0..<parts[1].utf8.count).reduce(UInt64(1)) { scale, _ in scale * 10 }
            sum = bytes &+ UInt64(Double(fraction) / Double(scale) * Double(unit))
        }
        guard !overflow, sum > 0, sum <= UInt64(Int64.max) else { return nil }
        self.text = text
        byteCount = sum
    }
}

/// The size of a partition: so much, or what is left.
public enum PartitionSize: Sendable, Hashable, TextValue {
    case rest
    case bytes(StorageSize)

    public static var shape: Shape { .either([.oneOf(["rest"]), StorageSize.shape]) }
    public static let expectation = "a size such as 512MiB, or rest"
    public static let hint: String? = StorageSize.hint

    public init?(_ text: String) {
        if text == "rest" {
            self = .rest
        } else if let size = StorageSize(text) {
            self = .bytes(size)
        } else {
            return nil
        }
    }

    public var text: String {
        switch self {
        case .rest: "rest"
        case .bytes(let size): size.text
        }
    }

    public var byteCount: UInt64? { if case .bytes(let size) = self { size.byteCount } else { nil } }
}
