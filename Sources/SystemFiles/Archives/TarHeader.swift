import Model

/// A header of 512 bytes, as ustar, GNU tar and the tar of Unix version 7 write it (tar(5)).
public struct TarHeader: Sendable {
    private let block: [UInt8]

    /// nil where its sum is another.
    public init?(_ block: [UInt8]) {
        guard block.count == 512, let sum = Self.number(block[148..<156]) else { return nil }
        self.block = block
        var unsigned = 0, signed = 0
        for (index, byte) in block.enumerated() {
            let byte = (148..<156).contains(index) ? UInt8(ascii: " ") : byte
            unsigned += Int(byte)
            signed += Int(Int8(bitPattern: byte))
        }
        // Some of the first programs added signed bytes.
        guard sum == unsigned || sum == signed else { return nil }
    }

    /// The type flag: `0` of a file.
    public var type: UInt8 { block[156] }
    public var mode: Int? { Self.number(block[100..<108]) }
    /// The size of what follows; nil for what is no number.
    public var byteCount: Int? { Self.number(block[124..<136]) }
    var owner: Int? { Self.number(block[108..<116]) }
    var group: Int? { Self.number(block[116..<124]) }
    /// When it was changed, in seconds since 1970; times before that are no numbers here.
    var time: Int? { Self.number(block[136..<148]) }
    /// The numbers of a device.
    var major: Int? { Self.number(block[329..<337]) }
    var minor: Int? { Self.number(block[337..<345]) }
    var linkName: [UInt8] { Self.text(block[157..<257]) }

    public var name: [UInt8] {
        let name = Self.text(block[0..<100])
        // With `ustar` and two blanks, as GNU writes it, there are times in place of the prefix.
        guard block[257..<263].elementsEqual(Array("ustar".utf8) + [0]) else { return name }
        let prefix = Self.text(block[345..<500])
        return prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
    }

    /// The runs of a sparse file of the old GNU form, whether more of them follow, and the size of the file.
    var sparse: (runs: [(Int, Int)], isExtended: Bool, byteCount: Int)? {
        guard let byteCount = Self.number(block[483..<495]), let runs = Self.runs(block[386..<482]) else { return nil }
        return (runs, block[482] != 0, byteCount)
    }

    /// Pairs of an offset and a length, until one is empty.
    static func runs(_ bytes: ArraySlice<UInt8>) -> [(Int, Int)]? {
        var runs: [(Int, Int)] = [], rest = bytes
        while rest.count >= 24, rest.first != 0 {
            guard let offset = number(rest.prefix(12)), let count = number(rest.dropFirst(12).prefix(12)) else {
                return nil
            }
            runs.append((offset, count))
            rest = rest.dropFirst(24)
        }
        return runs
    }

    private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    /// Octal digits with blanks around them, or a number of base 256 whose first bit is set; nil for anything else.
    static func number(_ field: ArraySlice<UInt8>) -> Int? {
        guard let first = field.first else { return nil }
        if first == 0x80 {
            return field.dropFirst().reduce(into: Int?(0)) { value, byte in
                guard let known = value, known >> 54 == 0 else { return value = nil }
                value = known << 8 | Int(byte)
            }
        }
        let blanks: Set<UInt8> = [0, UInt8(ascii: " ")]
        let digits = field.drop { $0 == UInt8(ascii: " ") }.prefix { !blanks.contains($0) }
        guard field[digits.endIndex...].allSatisfy({ blanks.contains($0) }) else { return nil }
        return digits.isEmpty
            ? 0
            : digits.allSatisfy { (0x30...0x37).contains($0) }
                ? Int(String(decoding: digits, as: UTF8.self), radix: 8) : nil
    }
}
