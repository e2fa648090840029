/// Sections added to a program of UEFI, which is how a unified kernel image is made (PE/COFF specification of Microsoft, PE32+;
/// the Unified Kernel Image specification of UAPI).
enum PortableExecutable {
    /// The stub with more sections behind its own; nil where it is no PE32+ program or has no room for their headers.
    static func adding(_ added: [(name: String, bytes: [UInt8])], to stub: [UInt8]) -> [UInt8]? {
        let file = LittleEndian(bytes: stub)
        guard stub.starts(with: [0x4D, 0x5A]), let header = file.number(at: 0x3C, count: 4),
            file.number(at: header, count: 4) == 0x4550, let count = file.number(at: header + 6, count: 2),
            let optionalSize = file.number(at: header + 20, count: 2),
            case let optional = header + 24, file.number(at: optional, count: 2) == 0x20B,
            let alignment = file.number(at: optional + 32, count: 4), isAlignment(alignment),
            let fileAlignment = file.number(at: optional + 36, count: 4), isAlignment(fileAlignment),
            let headersSize = file.number(at: optional + 60, count: 4)
        else { return nil }
        let table = optional + optionalSize, tableEnd = table + (count + added.count) * 40
        guard count > 0, tableEnd <= headersSize, headersSize <= stub.count else { return nil }
        var end = 0
        for index in 0..<count {
            guard let size = file.number(at: table + index * 40 + 8, count: 4),
                let start = file.number(at: table + index * 40 + 12, count: 4)
            else { return nil }
            end = max(end, start + size)
        }
        // What stands where the new headers come must be padding.
        guard stub[(table + count * 40)..<tableEnd].allSatisfy({ $0 == 0 }) else { return nil }
        var result = stub, dataSize = 0
        result.reserveCapacity(stub.count + added.reduce(0) { $0 + $1.bytes.count + fileAlignment })
        for (index, section) in added.enumerated() {
            result += [UInt8](repeating: 0, count: padding(result.count, to: fileAlignment))
            end += padding(end, to: alignment)
            let padded = section.bytes.count + padding(section.bytes.count, to: fileAlignment)
            let place = table + (count + index) * 40
            let name = Array(section.name.utf8.prefix(8))
            result.replaceSubrange(place..<place + name.count, with: name)
            // Initialised data that is read (IMAGE_SCN_CNT_INITIALIZED_DATA, IMAGE_SCN_MEM_READ).
            for (offset, value) in [
                (8, section.bytes.count), (12, end), (16, padded), (20, result.count), (36, 0x4000_0040),
            ] { set(&result, place + offset, value, count: 4) }
            result += section.bytes
            end += section.bytes.count
            dataSize += padded
        }
        result += [UInt8](repeating: 0, count: padding(result.count, to: fileAlignment))
        set(&result, header + 6, count + added.count, count: 2)
        set(&result, optional + 8, (file.number(at: optional + 8, count: 4) ?? 0) + dataSize, count: 4)
        set(&result, optional + 56, end + padding(end, to: alignment), count: 4)
        return result
    }

    /// A power of two, as the specification has it, and no more than 64 KiB.
    private static func isAlignment(_ size: Int) -> Bool { (1...65536).contains(size) && size & (size - 1) == 0 }

    private static func padding(_ size: Int, to alignment: Int) -> Int { (alignment - size % alignment) % alignment }

    private static func set(_ bytes: inout [UInt8], _ offset: Int, _ value: Int, count: Int) {
        for index in 0..<count { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }
}
