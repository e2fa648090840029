public import Values

/// What is on a disk: its table, and signatures on it and on each partition.
public struct DiskReport: Sendable {
    public var byteCount: UInt64
    public var sectorSize: Int
    public var table: PartitionTable
    /// On the disk as a whole.
    public var signatures: [Signature]
    /// By the numbers of partitions.
    public var partitionSignatures: [Int: [Signature]]

    public init(of disk: any DiskReading) throws(HostFault) {
        byteCount = disk.byteCount
        sectorSize = disk.sectorSize
        signatures = try SignatureReader.signatures(on: disk)
        if let table = try GPTReader(disk).table() {
            self.table = table
        } else {
            table = try MBRReader(disk, with: signatures).table() ?? PartitionTable(.none)
        }
        partitionSignatures = [:]
        for partition in table.partitions {
            guard let range = DiskRange(partition, of: disk) else { continue }
            partitionSignatures[partition.number] = try SignatureReader.signatures(on: range)
        }
    }

    /// What is on the disk and on its partitions, by libblkid's names; the table is `gpt` or `dos`.
    public var contents: Set<String> {
        let names = (signatures + partitionSignatures.values.joined()).map(\.name)
        return Set(names + [table.kindName].compactMap { $0 })
    }

    /// What is on the disk, for a person on one line; empty for a blank one.
    public var summary: String {
        if contents.isEmpty { return "" }
        let whole = ([table.kindName].compactMap { $0 } + signatures.map(\.name)).joined(separator: ", ")
        let parts = table.partitions.map { partition in
            let names = Self.names(partitionSignatures[partition.number] ?? [])
            let label = partition.name.isEmpty ? partition.type : "\(partition.type) \(partition.name)"
            return "\(partition.number): \(label)\(names.isEmpty ? "" : " with \(names)")"
        }
        return parts.isEmpty ? whole : "\(whole) (\(parts.joined(separator: "; ")))".printable
    }

    public var datum: Datum {
        [
            "schema": 1, "size": number(byteCount), "sector_size": .int(Int64(sectorSize)),
            "kind": .string(table.kind.rawValue), "guid": table.guid.map { .string($0.text) } ?? .null,
            "writable": .bool(table.isWritable), "problems": .list(table.problems.map { .string($0) }),
            "usable": table.usable.map { .list([number($0.lowerBound), number($0.upperBound)]) } ?? .null,
            "signatures": .list(signatures.map(datum)),
            "partitions": .list(
                table.partitions.map { partition in
                    [
                        "number": .int(Int64(partition.number)), "type": .string(partition.type),
                        "start": number(partition.start), "sectors": number(partition.count),
                        "guid": partition.guid.map { .string($0.text) } ?? .null, "name": .string(partition.name),
                        "attributes": number(partition.attributes),
                        "signatures": .list((partitionSignatures[partition.number] ?? []).map(datum)),
                    ]
                }),
        ]
    }

    private func number(_ value: UInt64) -> Datum {
        Int64(exactly: value).map { .int($0) } ?? .string(String(value))
    }

    private func datum(_ signature: Signature) -> Datum {
        [
            "type": .string(signature.name), "usage": .string(signature.usage.rawValue),
            "offset": number(signature.offset),
        ]
    }

    /// A table for a person.
    public var lines: [String] {
        let state = table.problems.isEmpty ? "" : ", not to be written"
        var lines = [
            "\(byteCount.byteText), sectors of \(sectorSize) bytes, \(table.kind.rawValue)\(table.guid.map { " \($0.text)" } ?? "")\(state)"
        ]
        lines += table.problems.map { "  ! \($0)" }
        if !signatures.isEmpty { lines.append("  whole disk: \(Self.names(signatures))") }
        let rows = table.partitions.map { partition in
            [
                String(partition.number), partition.type, text(ofSectors: partition.start),
                text(ofSectors: partition.count), partition.name,
                Self.names(partitionSignatures[partition.number] ?? []),
            ]
        }
        if rows.isEmpty { return lines }
        let all = [["#", "type", "start", "size", "name", "holds"]] + rows
        let widths = (0..<6).map { column in all.map { $0[column].count }.max() ?? 0 }
        return lines
            + all.map { row in
                var line =
                    "  "
                    + zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
                while line.hasSuffix(" ") { line.removeLast() }
                return line
            }
    }

    /// In bytes; in sectors where a number holds no such many bytes.
    private func text(ofSectors count: UInt64) -> String {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: UInt64(sectorSize))
        return overflow ? "\(count) sectors" : bytes.byteText
    }

    private static func names(_ signatures: [Signature]) -> String { signatures.map(\.name).joined(separator: ", ") }
}
