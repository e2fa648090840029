public import Model

/// Gives a name its addresses in a hosts file (hosts(5)), or takes its lines out.
public struct HostsEdit: DocumentEdit {
    public var record: HostRecord
    public var isPresent: Bool

    public init(_ record: HostRecord, isPresent: Bool = true) {
        self.record = record
        self.isPresent = isPresent
    }

    public var isSecret: Bool { false }

    public func apply(to document: inout TextLines) throws(Refusal) {
        let found = document.hosts(of: record)
        guard isPresent else { return document.remove(found.own.map(\.position).sorted()) }
        try found.refuseConflict()
        var surplus = Set(found.own.map(\.position))
        for address in record.addresses {
            guard let line = found.line(for: address) else {
                document.insert([Array(record.line(with: address).utf8)], at: document.count)
                continue
            }
            surplus.remove(line.position)
            if line.isSame(address, record) { continue }
            document.replace(line.position, with: line.bytes(with: address, record))
        }
        document.remove(surplus.filter { position in !found.isKept(position) }.sorted())
    }
}

/// What a hosts file shall say of one host.
public struct HostRecord: Sendable, Hashable {
    /// The names are in lower case; they are compared without regard to case.
    public var name: String
    public var aliases: [String]
    /// At most one of each family.
    public var addresses: [IPAddress]

    public init(name: String, aliases: [String], addresses: [IPAddress]) {
        self.name = name
        self.aliases = aliases
        self.addresses = addresses
    }

    public var names: [String] { [name] + aliases }
    fileprivate func line(with address: IPAddress) -> String { ([address.text] + names).joined(separator: " ") }
    fileprivate func address(of family: IPAddress.Family) -> IPAddress? { addresses.first { $0.family == family } }
}

/// A line of a hosts file.
public struct HostLine: Sendable {
    public let position: Int
    public let address: IPAddress
    /// In lower case.
    public let names: [String]
    /// What stands between the address and the first name, and what follows the last one.
    private let gap: ArraySlice<UInt8>
    private let rest: ArraySlice<UInt8>

    /// nil for comments and what the C library does not read.
    init?(_ body: ArraySlice<UInt8>, at position: Int) {
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let code = body.prefix { $0 != UInt8(ascii: "#") }
        let words = code.split(whereSeparator: isBlank)
        guard words.count > 1, let address = IPAddress(String(decoding: words[0], as: UTF8.self)) else { return nil }
        self.position = position
        self.address = address
        names = words.dropFirst().map { String(decoding: $0, as: UTF8.self).lowercased() }
        gap = body[words[0].endIndex..<words[1].startIndex]
        rest = body[words[words.count - 1].endIndex...]
    }

    fileprivate func isSame(_ address: IPAddress, _ record: HostRecord) -> Bool {
        self.address == address && names == record.names
    }

    /// The line with other names; its blanks and its comment stay.
    fileprivate func bytes(with address: IPAddress, _ record: HostRecord) -> [UInt8] {
        Array(address.text.utf8) + gap + Array(record.names.joined(separator: " ").utf8) + rest
    }

    public var text: String { ([address.text] + names).joined(separator: " ") }

    /// Whether its address is of the host itself, or of the protocol (RFC 4291 §2.7, and Debian's `ip6-localnet`).
    public var isUsual: Bool {
        address.isLoopback
            || address.family == .ipv6 && (address.bytes[0] == 0xFF || address.bytes.starts(with: [0xFE, 0]))
    }
}

/// The lines of a hosts file that have to do with one host.
public struct HostLines: Sendable {
    private let record: HostRecord
    /// The lines that begin with its name. One on a loopback address is the host's own, unless such an address is wanted.
    public private(set) var own: [HostLine] = []
    /// The lines that give one of its names to another address of the same family.
    public private(set) var conflicts: [HostLine] = []

    fileprivate init(_ record: HostRecord, in lines: [HostLine]) {
        self.record = record
        own = lines.filter { line in
            line.names[0] == record.name
                && (!line.address.isLoopback || record.address(of: line.address.family)?.isLoopback == true)
        }
        conflicts = lines.filter { line in
            guard let wanted = record.address(of: line.address.family), line.address != wanted else { return false }
            return line.position != self.line(for: wanted)?.position
                && line.names.contains { record.names.contains($0) }
        }
    }

    /// The line that has an address, or is to get it.
    func line(for address: IPAddress) -> HostLine? {
        own.first { $0.address == address } ?? own.first { $0.address.family == address.family }
    }

    /// Whether a line stays as it is beside the record's: it gives the name to the same address.
    func isKept(_ position: Int) -> Bool {
        own.contains { $0.position == position && record.addresses.contains($0.address) }
    }

    /// The lines that stand for the record.
    public var lines: [HostLine] {
        own.filter { line in !isKept(line.position) || self.line(for: line.address)?.position == line.position }
    }

    public func refuseConflict() throws(Refusal) {
        guard let other = conflicts.first else { return }
        throw Refusal(
            "line \(other.position + 1) of the file gives \(shared(other)) another address: `\(other.text)`",
            hint: "a name has one address of each family there: change that line, or declare what it says")
    }

    private func shared(_ other: HostLine) -> String { other.names.first { record.names.contains($0) } ?? record.name }
}

extension TextLines {
    public func hosts(of record: HostRecord) -> HostLines { HostLines(record, in: hostLines) }

    /// The lines that the C library reads, as those of a hosts file.
    public var hostLines: [HostLine] { lines.enumerated().compactMap { HostLine($1.body, at: $0) } }
}

extension IPAddress {
    /// Whether it is of the host itself (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3).
    fileprivate var isLoopback: Bool {
        family == .ipv4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
    }
}
