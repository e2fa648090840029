public import Values

/// Serials that vendors encode in the UUID of the system (sn-spec/1 §2), read from its raw bytes.
public enum VendorSerial {
    /// The serial inside a UUID, where the vendor's name agrees; nil when there is none.
    public static func serial(in uuid: HardwareUUID, vendor: String) -> String? {
        let vendor = vendor.lowercased()
        if vendor.hasPrefix("dell") { return dell(uuid.raw) }
        let isHewlett = vendor.hasPrefix("hewlett") || vendor == "hp" || vendor == "hpe" || vendor.hasPrefix("hp ")
        return isHewlett ? hewlett(uuid.raw) : nil
    }

    /// `DELL` and the seven characters of the service tag in between other fields.
    static func dell(_ raw: [UInt8]) -> String? {
        guard raw.count == 16, raw.starts(with: [0x44, 0x45, 0x4C, 0x4C]) else { return nil }
        return text([raw[10] & 0x7F, raw[4], raw[7], raw[9], raw[13], raw[14], raw[15]])
    }

    /// Six characters of product number and ten of serial; older ones the serial alone, filled up with spaces.
    static func hewlett(_ raw: [UInt8]) -> String? {
        guard raw.count == 16, raw.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        var rest = raw[...]
        while rest.first == 0x20 { rest.removeFirst() }
        while rest.last == 0x20 { rest.removeLast() }
        if rest.count == 16 { return text(raw[..<6]) == nil ? nil : text(raw[6...]) }
        return rest.count >= 8 ? text(rest) : nil
    }

    private static func text(_ bytes: some Sequence<UInt8>) -> String? {
        let bytes = Array(bytes)
        return bytes.allSatisfy { $0.isASCIIWord } ? String(decoding: bytes, as: UTF8.self) : nil
    }
}

/// Products with several machines in one chassis: the serial of the chassis is not that of a machine.
enum MultiNodeProducts {
    static func contain(vendor: String?, product: String?) -> Bool {
        let vendor = (vendor ?? "").lowercased(), product = (product ?? "").lowercased()
        return table.rows.contains { row in
            guard row.count == 3, vendor.contains(row[0]) else { return false }
            return product.contains(row[1].lowercased())
        }
    }

    private static let table = TabbedTable(PackageResources.multi_node_products_tsv)
}
