import Values

/// A size as it was written: exactly, or as vendors of disks round.
struct ByteCount: Sendable, Hashable {
    let bytes: UInt64
    /// Whether disks of somewhat more or less are called so too.
    let isRounded: Bool

    init(exactly bytes: UInt64) {
        self.bytes = bytes
        isRounded = false
    }

    private init(rounded bytes: UInt64) {
        self.bytes = bytes
        isRounded = true
    }

    private static let units: [(name: String, power: Int)] = [
        ("k", 1), ("m", 2), ("g", 3), ("t", 4), ("p", 5),
    ]

    /// A size of memory: `64GB`, `64G` and `64GiB` are the same; a number alone is bytes.
    init?(memory text: String) {
        guard let (number, power, _) = Self.parts(of: text), let bytes = Self.bytes(number, 1024, power) else {
            return nil
        }
        self.init(exactly: bytes)
    }

    /// A size of a disk: `480GB` as vendors round (IDEMA LBA1-03), `512GiB` exactly; a number alone is bytes.
    init?(disk text: String) {
        guard let (number, power, isBinary) = Self.parts(of: text) else { return nil }
        guard let bytes = Self.bytes(number, isBinary ? 1024 : 1000, power) else { return nil }
        self = power == 0 || isBinary ? ByteCount(exactly: bytes) : ByteCount(rounded: bytes)
    }

    private static func parts(of text: String) -> (number: Double, power: Int, isBinary: Bool)? {
        var rest = text.lowercased().filter { !$0.isWhitespace && $0 != "_" }[...]
        let hasB = rest.hasSuffix("b")
        if hasB { rest = rest.dropLast() }
        let isBinary = rest.hasSuffix("i")
        if isBinary { rest = rest.dropLast() }
        var power = 0
        if let last = rest.last, let unit = units.first(where: { $0.name == String(last) }) {
            power = unit.power
            rest = rest.dropLast()
        } else if isBinary || hasB {
            return nil
        }
        guard !rest.isEmpty, rest.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }),
            let number = Double(rest), number > 0
        else { return nil }
        return (number, power, isBinary)
    }

    private static func bytes(_ number: Double, _ base: Double, _ power: Int) -> UInt64? {
        var bytes = number
        for _ in 0..<power { bytes *= base }
        return UInt64(exactly: bytes.rounded())
    }

    /// What a disk of so many gigabytes has, for 50 GB and more (IDEMA document LBA1-03, sectors of 512 bytes).
    private static func sectors(ofGigabytes gigabytes: Double) -> Double {
        97_696_368 + 1_953_504 * (gigabytes - 50)
    }

    /// Whether a disk that has so many bytes is called this size. What is sold as 480GB has 480.1 GB, a 146GB one 146.8,
    /// and a controller takes some of it: 0.6 % either way, while sizes that are sold differ by 2 % and more.
    func isSize(ofDisk found: UInt64) -> Bool {
        guard isRounded else { return found == bytes }
        let gigabytes = Double(bytes) / 1e9
        let named = gigabytes < 50 ? Double(bytes) : Self.sectors(ofGigabytes: gigabytes) * 512
        return [named, Double(bytes)].contains { abs($0 - Double(found)) <= $0 * 0.006 }
    }

    /// The size by which a disk is sold, such as `480GB` or `3.84TB`; `512GiB` where that is exact.
    static func diskText(of bytes: UInt64) -> String {
        if bytes % (1 << 30) == 0 { return bytes.byteText }
        let sectors = Double(bytes) / 512
        var gigabytes = ((sectors - 97_696_368) / 1_953_504 + 50).rounded()
        if gigabytes < 50 { gigabytes = (Double(bytes) / 1e9).rounded() }
        guard gigabytes >= 1 else { return String(bytes) }
        let whole = UInt64(gigabytes)
        let text = whole >= 1000 && whole % 10 == 0 ? terabytes(whole) : "\(whole)GB"
        return ByteCount(disk: text)?.isSize(ofDisk: bytes) == true ? text : String(bytes)
    }

    private static func terabytes(_ gigabytes: UInt64) -> String {
        var fraction = String(gigabytes % 1000 / 10)
        if fraction.utf8.count == 1 { fraction = "0" + fraction }
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(gigabytes / 1000)\(fraction.isEmpty ? "" : ".")\(fraction)TB"
    }
}
