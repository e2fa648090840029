import SystemFiles
public import Model
import SignedFiles

/// Reading what the list of a bundle says, block by block.
extension OpenBundle {
    /// Reads all of it, each file against its digest.
    ///
    /// - Parameters:
    ///   - signer: who has signed it; nil where nobody was asked.
    ///   - copy: is handed all bytes in their order, each after it was looked at.
    /// - Throws: for anything that is not as the list says, which names the entry and the byte.
    public func site(
        signedBy signer: String? = nil, copy: ([UInt8]) throws(HostFault) -> Void = { _ in }
    ) throws(SourceFault) -> BundleSite {
        let list = try list()
        var reader = reader
        if signer != nil { reader.faultKind = .untrusted }
        func put(_ bytes: [UInt8]) throws(SourceFault) {
            do throws(HostFault) { try copy(bytes) } catch { throw SourceFault(error) }
        }
        try head.check(madeAt: list.created, reader, put)
        var places: [Int] = []
        for (position, file) in list.files.enumerated() {
            try check(file, position, of: list, &reader, put)
            places.append(reader.offset - file.byteCount - TarHeader.padding(after: file.byteCount))
            try put(TarHeader.zeros(after: file.byteCount))
        }
        try reader.end()
        try put(TarHeader.end)
        do throws(HostFault) { return BundleSite(list, at: places, in: try whole(), signer: signer) } catch {
            throw SourceFault(error)
        }
    }

    /// Reads one entry.
    private func check(
        _ file: BundleList.File, _ position: Int, of list: BundleList, _ reader: inout ListedTarReader,
        _ put: ([UInt8]) throws(SourceFault) -> Void
    ) throws(SourceFault) {
        let start = reader.offset, name = "`\(file.path.printableLine(columns: 80))`"
        let block = try reader.block(name)
        let wanted = TarHeader.block(
            ofFile: Array(file.path.utf8), mode: file.mode, byteCount: file.byteCount, time: Int(list.created))
        guard block == wanted else {
            throw reader.fault(
                "expected \(name), found \(Self.difference(of: block, from: file, position, list))", at: start)
        }
        try put(block)
        var hash = RunningDigest()
        try reader.content(name, file.byteCount) { (piece) throws(SourceFault) in
            hash.add(piece)
            try put(piece)
        }
        guard hash.value == file.sha256 else {
            throw reader.fault("expected the bytes of \(name) that its list says, found others", at: start)
        }
    }

    private static func difference(
        of block: [UInt8], from file: BundleList.File, _ position: Int, _ list: BundleList
    ) -> String {
        let found = FoundEntry(block)
        guard found.isFile, let name = found.name else { return found.text }
        guard name.utf8.elementsEqual(file.path.utf8) else {
            guard let other = list.files.firstIndex(where: { $0.path.utf8.elementsEqual(name.utf8) }) else {
                return "\(found.text), which is not in its list"
            }
            return other < position ? "\(found.text) a second time" : "\(found.text), which comes later"
        }
        if found.byteCount != file.byteCount {
            return "it with \(found.byteCount.map { "\($0)" } ?? "no number of") bytes instead of \(file.byteCount)"
        }
        return "it with another mode, owner, time or padding than a bundle has"
    }
}
