/// Gives a parameter of the kernel its live value, in place, and reads the value back.
public struct KernelSetting: FilePayload {
    public var path: AbsolutePath
    public var value: String

    public init(_ path: AbsolutePath, value: String) {
        self.path = path
        self.value = value
    }

    public var isSecret: Bool { false }
    public var isLive: Bool { true }

    /// Whether the kernel means the same by both: blanks are no difference, `0x10` and `020` are 16, and `1,2,3` is `1-3`.
    public static func isSame(_ wanted: String, _ found: String) -> Bool {
        let (left, right) = (words(wanted), words(found))
        return left.count == right.count && zip(left, right).allSatisfy { isSameWord($0, $1) }
    }

    /// A value as the kernel shows it, with one blank between its words.
    public static func plain(_ text: String) -> String { words(text).joined(separator: " ") }

    private static func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }

    private static func isSameWord(_ left: Substring, _ right: Substring) -> Bool {
        if left == right { return true }
        if let left = number(left), let right = number(right) { return left == right }
        guard let left = ranges(left), let right = ranges(right) else { return false }
        return left == right
    }

    /// An integer as the kernel's own conversion reads it.
    private static func number(_ word: Substring) -> Int128? {
        let isNegative = word.first == "-"
        let digits = isNegative ? word.dropFirst() : word
        guard let first = digits.utf8.first, first.isASCIIDigit else { return nil }
        let value: Int128? =
            if digits.lowercased().hasPrefix("0x") {
                Int128(digits.dropFirst(2), radix: 16)
            } else {
                Int128(digits, radix: first == UInt8(ascii: "0") ? 8 : 10)
            }
        return value.map { isNegative ? -$0 : $0 }
    }

    /// A list of numbers and of ranges, sorted and merged.
    private static func ranges(_ word: Substring) -> [ClosedRange<Int>]? {
        guard word.contains(where: { $0 == "," || $0 == "-" }) || UInt32(word).map({ String($0) == word }) == true
        else {
            return nil
        }
        var merged: [ClosedRange<Int>] = [], found: [ClosedRange<Int>] = []
        for part in word.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { UInt32($0) }
            guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first <= last else {
                return nil
            }
            found.append(Int(first)...Int(last))
        }
        for range in found.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}
