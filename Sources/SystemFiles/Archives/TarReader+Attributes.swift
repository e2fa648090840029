import Model

/// What a header and the records of pax say of an entry beside its bytes.
extension TarReader {
    /// Owner, time and extended attributes, as GNU tar and star write them.
    func readAttributes(_ header: TarHeader, _ entry: inout RawEntry) throws(HostFault) {
        entry.owner = try number("uid") ?? header.owner
        entry.group = try number("gid") ?? header.group
        entry.time = header.time.map { ($0, 0) }
        if let text = record("mtime") { entry.time = try Self.time(text) }
        for record in globals + records where record.key.hasPrefix(Self.attribute) {
            let name = String(record.key.dropFirst(Self.attribute.count))
            entry.attributes.removeAll { $0.name == name }
            entry.attributes.append((name, record.value))
        }
        entry.hasTextualAccessList = ["access", "default"].contains { kind in
            // With three lines it says no more than the mode.
            let text = record("SCHILY.acl.\(kind)") ?? []
            let lines = text.split { ",\n".utf8.contains($0) }.count
            let isKnown = entry.attributes.contains { $0.name == "system.posix_acl_\(kind)" }
            return !isKnown && lines > (kind == "access" ? 3 : 0)
        }
    }

    private static let attribute = "SCHILY.xattr."

    /// Seconds since 1970 with a fraction (POSIX pax).
    private static func time(_ text: [UInt8]) throws(HostFault) -> (seconds: Int, nanoseconds: Int) {
        let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = (parts.count > 1 ? Array(parts[1].prefix(9)) : []) + [UInt8](repeating: 0x30, count: 9)
        guard let seconds = decimal(parts[0].dropFirst(isNegative ? 1 : 0)), let part = decimal(digits[..<9]) else {
            throw ArchiveBytes.fault("`mtime` in it is no number")
        }
        if !isNegative { return (seconds, part) }
        return part == 0 ? (-seconds, 0) : (-seconds - 1, 1_000_000_000 - part)
    }
}
