public import Model

/// A unit file of systemd (systemd.unit(5)), as far as enabling it needs: the assignments of its [Install] section.
public struct UnitFile: HostDocument {
    /// One assignment, with the blanks around both sides gone.
    struct Assignment: Sendable, Hashable {
        var key: String
        var value: String
    }

    public let bytes: [UInt8]
    /// The settings of [Install], in their order; a later setting may take back an earlier one.
    private(set) var assignments: [Assignment] = []
    /// Why systemd does not read the file; nil where it does.
    private(set) var problem: String?

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        var isInstall = false
        for (number, line) in Self.logicalLines(bytes) {
            guard let text = String(validating: line, as: UTF8.self) else {
                problem = "its line \(number) is not UTF-8"
                return
            }
            if text.first == "[" {
                guard text.last == "]" else {
                    problem = "its line \(number) is no section: `\(text.prefix(60))`"
                    return
                }
                isInstall = text == "[Install]"
            } else if isInstall, let equals = line.firstIndex(of: UInt8(ascii: "=")), equals > line.startIndex {
                assignments.append(
                    Assignment(
                        key: String(decoding: Self.trimmed(line[..<equals]), as: UTF8.self),
                        value: String(decoding: Self.trimmed(line[(equals + 1)...]), as: UTF8.self)))
            }
        }
    }

    /// The lines with their numbers: trimmed, joined where a backslash ends them, without comments and empty ones.
    private static func logicalLines(_ bytes: [UInt8]) -> [(number: Int, line: ArraySlice<UInt8>)] {
        var lines: [(Int, ArraySlice<UInt8>)] = []
        var joined: [UInt8]?
        func add(_ line: [UInt8], _ number: Int) {
            let body = trimmed(line[...])
            if !body.isEmpty { lines.append((number, body)) }
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var isMarkAllowed = true, number = 0
        for raw in physicalLines(bytes) {
            number += 1
            if let first = raw.first(where: { !isBlank($0) }), first == UInt8(ascii: "#") || first == UInt8(ascii: ";")
            {
                continue
            }
            var line = raw
            if isMarkAllowed, line.starts(with: mark) {
                line = line.dropFirst(mark.count)
                isMarkAllowed = false
            }
            var whole = (joined ?? []) + line
            // A backslash counts unless another one stands before it.
            if whole.reversed().prefix(while: { $0 == UInt8(ascii: "\\") }).count % 2 == 1 {
                whole[whole.count - 1] = UInt8(ascii: " ")
                joined = whole
            } else {
                add(whole, number)
                joined = nil
            }
        }
        if let joined { add(joined, number + 1) }
        return lines
    }

    /// The file's lines: each ends with a newline, a carriage return, a zero byte, or several different ones of these.
    private static func physicalLines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        let ends: Set<UInt8> = [0x0A, 0x0D, 0x00]
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(where: ends.contains) ?? bytes.count
            lines.append(bytes[start..<end])
            start = end
            var seen = Set<UInt8>()
            while start < bytes.count, ends.contains(bytes[start]), seen.insert(bytes[start]).inserted { start += 1 }
        }
        return lines
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let rest = line.drop(while: isBlank)
        return rest.prefix((rest.lastIndex { !isBlank($0) } ?? rest.startIndex - 1) - rest.startIndex + 1)
    }
}
