import Values

/// A GUID in the order of bytes of UEFI: the first three fields have the least byte first.
public struct PartitionGUID: Sendable, Hashable {
    /// 16 bytes as they stand on a disk.
    public let bytes: [UInt8]

    static let zero = PartitionGUID([UInt8](repeating: 0, count: 16))

    init(_ bytes: some Collection<UInt8>) { self.bytes = Array(bytes) }

    /// The first 16 bytes of a digest as a GUID of version 8 (RFC 9562 §5.8).
    public init(derivedFrom digest: [UInt8]) {
        var bytes = Array((digest + [UInt8](repeating: 0, count: 16)).prefix(16))
        // The field of the version is the third, whose least byte comes first on a disk.
        bytes[7] = bytes[7] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        self.bytes = bytes
    }

    /// From the text that sfdisk(8) prints; nil for another text.
    init?(_ text: String) {
        guard let uuid = HardwareUUID(text: text, isSwapped: true) else { return nil }
        bytes = uuid.raw
    }

    /// A type by its name in manifests, or by its text.
    init?(typeName: String) {
        guard let guid = PartitionGUID(Self.typeNames.first { $0.value == typeName }?.key ?? typeName) else {
            return nil
        }
        self = guid
    }

    public var isZero: Bool { bytes.allSatisfy { $0 == 0 } }

    /// As sfdisk(8) prints it.
    public var text: String { HardwareUUID(raw: bytes, isSwapped: true)?.text.uppercased() ?? "" }

    /// The name of a type, else its text.
    var typeName: String { Self.typeNames[text] ?? text }

    /// What a type is called in manifests and reports (UEFI 2.10 table 5.7, the Discoverable Partitions Specification).
    private static let typeNames: [String: String] = [
        "C12A7328-F81F-11D2-BA4B-00A0C93EC93B": "esp", "21686148-6449-6E6F-744E-656564454649": "bios-boot",
        "0FC63DAF-8483-4772-8E79-3D69D8477DE4": "linux-data",
        "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709": "linux-root",
        "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F": "swap", "BC13C2FF-59E6-4262-A352-B275FD6F7172": "xbootldr",
        "933AC7E1-2EB4-4F13-B844-0E14E2AEF915": "linux-home",
        "3B8F8425-20E0-4F3B-907F-1A25A76F98E8": "linux-srv",
        "E6D6D379-F507-44C2-A23C-238F2A3DF928": "lvm", "A19D880F-05FC-4D3B-A006-743F0F84911E": "raid",
        "CA7D7CCB-63ED-4C53-861C-1742536059CC": "luks",
        "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7": "microsoft-data",
        "E3C9E316-0B5C-4DB8-817D-F92DF00215AE": "microsoft-reserved",
        "DE94BBA4-06D1-4D40-A16A-BFD50179D6AC": "microsoft-recovery",
        "6A898CC3-1DD2-11B2-99A6-080020736631": "zfs", "AA31E02A-400F-11DB-9590-000C2911D1B8": "vmfs",
        "4FBD7E29-9D25-41B8-AFD0-062C0CEFF05D": "ceph-osd",
        "45B0969E-9B03-4F30-B4C6-B4B80CEFF106": "ceph-journal",
    ]
}
