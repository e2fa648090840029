import Model

/// Where the bytes of a file stand, also of a sparse one.
extension TarReader {
    mutating func readContent(_ header: TarHeader, _ entry: inout RawEntry) throws(HostFault) {
        let count = try byteCount(header), start = offset
        try skip(count)
        (entry.byteCount, entry.segments) = (count, [RawEntry.Segment(start: 0, offset: start, count: count)])
        if record("GNU.sparse.major").map({ $0 == [UInt8(ascii: "1")] }) == true {
            let map = try mapInContent(at: start, count)
            try place(map.runs, at: map.end, start + count, &entry)
        } else if let map = record("GNU.sparse.map") {
            let numbers = map.split(separator: UInt8(ascii: ",")).map { Self.decimal($0) }
            try place(try Self.pairs(numbers), at: start, start + count, &entry)
        } else if record("GNU.sparse.numblocks") != nil {
            let parts = records.filter { ["GNU.sparse.offset", "GNU.sparse.numbytes"].contains($0.key) }
            let numbers = parts.map { Self.decimal($0.value[...]) }
            try place(try Self.pairs(numbers), at: start, start + count, &entry)
        }
    }

    /// The runs of a sparse file that stand before its bytes: lines of numbers, filled up to a block.
    private func mapInContent(at start: Int, _ count: Int) throws(HostFault) -> (runs: [(Int, Int)], end: Int) {
        var numbers: [Int?] = [], line: [UInt8] = [], position = start
        while numbers.isEmpty || numbers.count < 1 + 2 * (numbers[0] ?? 0) {
            guard position + 512 <= start + count else { throw Self.badMap }
            for byte in try bytes.read(at: position, 512) {
                if byte == UInt8(ascii: "\n") {
                    numbers.append(Self.decimal(line[...]))
                    if numbers[0] == nil { throw Self.badMap }
                    line = []
                    if numbers.count == 1 + 2 * (numbers[0] ?? 0) { break }
                } else {
                    line.append(byte)
                }
            }
            position += 512
        }
        return (try Self.pairs(Array(numbers.dropFirst())), position)
    }

    mutating func readSparse(_ header: TarHeader, _ entry: inout RawEntry) throws(HostFault) {
        guard var sparse = header.sparse else { throw Self.badMap }
        while sparse.isExtended {
            let block = try bytes.read(at: offset, 512)
            offset += 512
            guard let runs = TarHeader.runs(block[0..<504]) else { throw Self.badMap }
            sparse.runs += runs
            sparse.isExtended = block[504] != 0
        }
        let count = try byteCount(header), start = offset
        try skip(count)
        entry.byteCount = sparse.byteCount
        try place(sparse.runs, at: start, start + count, &entry)
    }

    private static let badMap = ArchiveBytes.fault("the map of a sparse file in it is damaged")

    private static func pairs(_ numbers: [Int?]) throws(HostFault) -> [(Int, Int)] {
        var pairs: [(Int, Int)] = []
        guard numbers.count % 2 == 0 else { throw badMap }
        for index in stride(from: 0, to: numbers.count, by: 2) {
            guard let offset = numbers[index], let count = numbers[index + 1] else { throw badMap }
            pairs.append((offset, count))
        }
        return pairs
    }

    /// Lays the bytes of a sparse file out: in order, without overlaps, within its size.
    private func place(_ runs: [(Int, Int)], at start: Int, _ end: Int, _ entry: inout RawEntry) throws(HostFault) {
        if let name = record("GNU.sparse.name") { entry.name = name }
        for key in ["GNU.sparse.size", "GNU.sparse.realsize"] {
            if let size = try number(key) { entry.byteCount = size }
        }
        entry.segments = []
        var offset = start, last = 0
        for (place, count) in runs where count > 0 {
            guard place >= last, count <= end - offset, place <= entry.byteCount - count else { throw Self.badMap }
            entry.segments.append(RawEntry.Segment(start: place, offset: offset, count: count))
            (offset, last) = (offset + count, place + count)
        }
    }
}
