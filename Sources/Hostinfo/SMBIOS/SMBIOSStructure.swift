import Values

/// One structure of an SMBIOS table: its formatted area and its strings (SMBIOS 3.7 §6.1).
public struct SMBIOSStructure: Sendable, Hashable {
    public var type: UInt8
    public var handle: UInt16
    /// The formatted area with its header of four bytes.
    let fields: ByteFields
    public var strings: [[UInt8]]

    /// The bytes of the string whose number stands at an offset.
    ///
    /// - Returns: nil without the field, for number 0 (no string), and for a number that no string has.
    func string(at offset: Int) -> [UInt8]? {
        guard let number = fields.byte(offset), number > 0, strings.indices.contains(Int(number) - 1) else {
            return nil
        }
        return strings[Int(number) - 1]
    }

    /// The string as text for people: what is no printable ASCII becomes a dot, as dmidecode prints it.
    func text(at offset: Int) -> String? {
        string(at: offset).map { bytes in
            String(decoding: bytes.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self).trimmed
        }
    }
}

/// All structures of an SMBIOS table that can be read, and what could not be.
public struct SMBIOSTable: Sendable, Hashable {
    public private(set) var structures: [SMBIOSStructure] = []
    /// Where the table is cut short or lies, in words.
    public private(set) var gaps: [String] = []

    public static let greatestByteCount = 1 << 20
    public static let greatestStructureCount = 8192

    public init(_ table: some Collection<UInt8>) {
        var bytes = Array(table.prefix(Self.greatestByteCount))
        if table.count > bytes.count { gaps.append("the table has more than \(Self.greatestByteCount) bytes") }
        if bytes.isEmpty { gaps.append("the table is empty") }
        bytes.withUnsafeMutableBufferPointer { read(UnsafeBufferPointer($0)) }
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        var position = 0
        while position < bytes.count {
            guard structures.count < Self.greatestStructureCount else {
                return gaps.append("the table has more than \(Self.greatestStructureCount) structures")
            }
            guard bytes.count - position >= 4 else {
                return gaps.append("the structure at byte \(position) is cut off")
            }
            let type = bytes[position], length = Int(bytes[position + 1])
            guard length >= 4 else {
                return gaps.append("the structure at byte \(position) says that it has \(length) bytes")
            }
            guard length <= bytes.count - position else {
                return gaps.append("the structure at byte \(position), type \(type), is cut off")
            }
            let handle = UInt16(bytes[position + 2]) | UInt16(bytes[position + 3]) << 8
            let (strings, end) = Self.strings(in: bytes, from: position + length)
            structures.append(
                SMBIOSStructure(
                    type: type, handle: handle, fields: ByteFields(Array(bytes[position..<(position + length)])),
                    strings: strings))
            // Type 127 ends the table (SMBIOS 3.7 §7.45); what follows is padding.
            if type == 127 { return }
            guard let end else {
                return gaps.append("the strings of the structure at byte \(position), type \(type), have no end")
            }
            position = end
        }
    }

    /// The strings after a formatted area and where the next structure begins; nil where the table ends before.
    private static func strings(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> ([[UInt8]], end: Int?) {
        var strings: [[UInt8]] = []
        var position = start
        if position + 1 < bytes.count, bytes[position] == 0, bytes[position + 1] == 0 { return ([], position + 2) }
        while position < bytes.count {
            if bytes[position] == 0 { return (strings, position + 1) }
            var end = position
            while end < bytes.count, bytes[end] != 0 { end += 1 }
            strings.append(Array(bytes[position..<end]))
            position = end + 1
        }
        return (strings, nil)
    }

    /// The structures of one type, in the order of the table.
    public func all(_ type: UInt8) -> [SMBIOSStructure] { structures.filter { $0.type == type } }
}
