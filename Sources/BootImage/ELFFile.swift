/// What an image asks of a program or kernel module: its sections, and the libraries that it is linked to (elf(5), 64 bits,
/// little-endian).
struct ELFFile {
    private let file: LittleEndian
    /// Name, offset and size of each section.
    private let sections: [(name: String, range: Range<Int>)]

    /// nil for anything else.
    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else { return nil }
        file = LittleEndian(bytes: bytes)
        guard let start = file.number(at: 40, count: 8), let size = file.number(at: 58, count: 2), size >= 64,
            let count = file.number(at: 60, count: 2), let names = file.number(at: 62, count: 2)
        else { return nil }
        var found: [(name: Int, range: Range<Int>)] = []
        for index in 0..<count {
            let (place, overflow) = start.addingReportingOverflow(index * size)
            guard !overflow, let name = file.number(at: place, count: 4),
                let type = file.number(at: place + 4, count: 4),
                let offset = file.number(at: place + 24, count: 8), let length = file.number(at: place + 32, count: 8)
            else { return nil }
            // A section without bytes in the file (SHT_NOBITS) has none here.
            let isThere = type != 8 && offset <= bytes.count && length <= bytes.count - offset
            found.append((name, isThere ? offset..<offset + length : 0..<0))
        }
        guard names < found.count else { return nil }
        let table = LittleEndian(bytes: Array(bytes[found[names].range]))
        sections = found.map { (table.text(at: $0.name) ?? "", $0.range) }
    }

    /// The bytes of a section; nil where there is none of the name.
    func section(_ name: String) -> [UInt8]? {
        sections.first { $0.name == name }.map { Array(file.bytes[$0.range]) }
    }

    /// The program that loads it (PT_INTERP); nil for a static one.
    var interpreter: String? { section(".interp").flatMap { LittleEndian(bytes: $0).text(at: 0) } }

    /// The names of the libraries that it needs (DT_NEEDED), in its order.
    var neededLibraries: [String] {
        guard let dynamic = section(".dynamic"), let texts = section(".dynstr") else { return [] }
        let entries = LittleEndian(bytes: dynamic), names = LittleEndian(bytes: texts)
        return stride(from: 0, to: dynamic.count, by: 16).compactMap { offset in
            guard entries.number(at: offset, count: 8) == 1, let name = entries.number(at: offset + 8, count: 8) else {
                return nil
            }
            return names.text(at: name)
        }
    }
}
