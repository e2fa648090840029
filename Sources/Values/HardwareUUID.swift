/// A UUID as the firmware stores it: compared by its raw bytes, because its text depends on the SMBIOS version.
public struct HardwareUUID: Sendable, Hashable {
    /// 16 bytes, as they stand in the table.
    public let raw: [UInt8]
    /// Whether the text has the first three fields reversed.
    public let isSwapped: Bool

    public init?(raw: [UInt8], isSwapped: Bool) {
        guard raw.count == 16 else { return nil }
        self.raw = raw
        self.isSwapped = isSwapped
    }

    /// Reads the text form, as sysfs and dmidecode print it.
    public init?(text: some StringProtocol, isSwapped: Bool) {
        guard let bytes = [UInt8](hexadecimal: String(text).filter { $0 != "-" }), bytes.count == 16 else { return nil }
        raw = isSwapped ? Self.swapped(bytes) : bytes
        self.isSwapped = isSwapped
    }

    /// In lower case, such as `4c4c4544-0044-4d10-8033-b9c04f4a4632`.
    public var text: String { Self.text(of: isSwapped ? Self.swapped(raw) : raw) }

    /// The bytes in the other order: which of two is meant is not known where only a text was read.
    public var otherOrder: [UInt8] { Self.swapped(raw) }

    /// Whether both are the same UUID, whichever form they were read from.
    public func isSame(as other: HardwareUUID) -> Bool { raw == other.raw || text == other.text }

    private static func swapped(_ bytes: [UInt8]) -> [UInt8] {
        [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map { bytes[$0] }
    }

    private static func text(of bytes: [UInt8]) -> String {
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += byte.twoDigits
        }
        return text
    }
}
