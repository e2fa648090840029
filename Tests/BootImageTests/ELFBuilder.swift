/// Small ELF files of named sections.
enum ELFBuilder {
    static func file(_ sections: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        let all = [(name: "", bytes: [])] + sections + [(name: ".shstrtab", bytes: names(sections))]
        var bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 57)
        var places: [Int] = []
        for section in all {
            places.append(bytes.count)
            bytes += section.bytes
        }
        let table = bytes.count
        var name = 0
        for (index, section) in all.enumerated() {
            let type = index == 0 ? 0 : 1
            bytes += number(name, 4) + number(type, 4) + number(0, 16) + number(places[index], 8)
            bytes += number(section.bytes.count, 8) + number(0, 24)
            name += section.name.utf8.count + 1
        }
        for (offset, value, count) in [(40, table, 8), (58, 64, 2), (60, all.count, 2), (62, all.count - 1, 2)] {
            bytes.replaceSubrange(offset..<offset + count, with: number(value, count))
        }
        return bytes
    }

    static func module(_ lines: String...) -> [UInt8] {
        file([(".modinfo", lines.flatMap { Array($0.utf8) + [0] })])
    }

    static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
    }

    private static func names(_ sections: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        ([""] + sections.map(\.name) + [".shstrtab"]).flatMap { Array($0.utf8) + [0] }
    }
}
