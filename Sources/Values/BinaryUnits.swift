extension UInt64 {
    /// The number with the largest prefix of 1024s that leaves it whole: `65536` is 64 and `K`, `1000` itself without one.
    public var inBinaryUnits: (number: UInt64, prefix: String) {
        for (prefix, shift) in [("T", 40), ("G", 30), ("M", 20), ("K", 10)] as [(String, UInt64)] {
            let unit: UInt64 = 1 << shift
            if self >= unit, self % unit == 0 { return (self / unit, prefix) }
        }
        return (self, "")
    }

    /// As bytes, exactly: `64GiB`, `1536MiB`, `1000`.
    public var byteText: String {
        let (number, prefix) = inBinaryUnits
        return prefix.isEmpty ? String(number) : "\(number)\(prefix)iB"
    }
}
