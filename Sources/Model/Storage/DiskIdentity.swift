/// A disk as the kernel has it: where it is, and what tells it from others.
public struct DiskIdentity: Sendable, Hashable {
    /// The device, such as `/dev/sda`.
    public var path: AbsolutePath
    public var serial: String?
    public var wwn: String?
    public var model: String?
    /// In bytes.
    public var byteCount: UInt64
    /// The logical sectors: 512 to 4096 bytes.
    public var sectorSize: Int
    public var isRotational: Bool
    /// The bus, such as `nvme`, `sata`, `virtio`.
    public var transport: String

    public init(
        path: AbsolutePath, serial: String? = nil, wwn: String? = nil, model: String? = nil, byteCount: UInt64,
        sectorSize: Int = 512, isRotational: Bool = false, transport: String = "other"
    ) {
        self.path = path
        self.serial = serial
        self.wwn = wwn
        self.model = model
        self.byteCount = byteCount
        self.sectorSize = sectorSize
        self.isRotational = isRotational
        self.transport = transport
    }

    /// For a person, such as `/dev/sda (serial WD-1, 480103981056 bytes, sata)`.
    public var text: String {
        let words = [
            serial.map { "serial \($0)" } ?? "no serial", wwn.map { "wwn \($0)" }, model, "\(byteCount) bytes",
            transport, isRotational ? "rotational" : nil,
        ]
        return "\(path) (\(words.compactMap { $0 }.joined(separator: ", ")))"
    }

    /// A WWN as it is compared: without blanks, case, `0x` and `naa.`.
    public static func plain(wwn text: String) -> String {
        var text = text.lowercased().filter { !$0.isWhitespace }
        for prefix in ["naa.", "eui.", "0x"] where text.hasPrefix(prefix) { text.removeFirst(prefix.count) }
        return text
    }
}
