/// The encoding of age's keys (BIP 173): a readable part, `1`, and base-32 digits with a checksum.
enum Bech32 {
    private static let digits = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

    static func encoded(_ bytes: [UInt8], prefix: String) -> String {
        let values = regrouped(bytes.map { Int($0) }, from: 8, to: 5, isPadded: true) ?? []
        let sum = polymod(expanded(prefix) + values + [Int](repeating: 0, count: 6)) ^ 1
        let checksum = (0..<6).map { sum >> (5 * (5 - $0)) & 31 }
        return prefix + "1" + String(decoding: (values + checksum).map { digits[$0] }, as: UTF8.self)
    }

    /// - Returns: the bytes; nil for another prefix, a wrong checksum or mixed case.
    static func decoded(_ text: String, prefix: String) -> [UInt8]? {
        let lower = text.lowercased()
        guard text == lower || text == text.uppercased(), lower.hasPrefix(prefix + "1") else { return nil }
        let values = lower.utf8.dropFirst(prefix.utf8.count + 1).compactMap { digits.firstIndex(of: $0) }
        guard values.count == lower.utf8.count - prefix.utf8.count - 1, values.count >= 6 else { return nil }
        guard polymod(expanded(prefix) + values) == 1 else { return nil }
        return regrouped(Array(values.dropLast(6)), from: 5, to: 8, isPadded: false)?.map { UInt8($0) }
    }

    private static func expanded(_ prefix: String) -> [Int] {
        prefix.utf8.map { Int($0) >> 5 } + [0] + prefix.utf8.map { Int($0) & 31 }
    }

    private static func polymod(_ values: [Int]) -> Int {
        let generator = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3]
        return values.reduce(1) { sum, value in
            let top = sum >> 25
            let shifted = (sum & 0x1FF_FFFF) << 5 ^ value
            return generator.indices.reduce(shifted) { top >> $1 & 1 == 1 ? $0 ^ generator[$1] : $0 }
        }
    }

    private static func regrouped(_ values: [Int], from: Int, to: Int, isPadded: Bool) -> [Int]? {
        var result: [Int] = [], buffer = 0, bitCount = 0
        for value in values {
            buffer = (buffer << from | value) & 0xFFF
            bitCount += from
            while bitCount >= to {
                bitCount -= to
                result.append(buffer >> bitCount & (1 << to - 1))
            }
        }
        if isPadded {
            if bitCount > 0 { result.append(buffer << (to - bitCount) & (1 << to - 1)) }
        } else if bitCount >= from || buffer & (1 << bitCount - 1) != 0 {
            return nil
        }
        return result
    }
}
