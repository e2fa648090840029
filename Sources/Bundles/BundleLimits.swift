import SystemFiles
import Model

/// How much a bundle may hold, and how its files may be called.
public enum BundleLimits {
    public static let fileCount = 100_000
    /// Of one file; of all of them; of the list. In bytes.
    public static let fileSize = 2 << 30, totalSize = 8 << 30, listSize = 32 << 20

    /// Of all of it, on its way.
    public static let fetchSize = totalSize + listSize + (fileCount + 8) * 1024

    /// Of what a site calls itself, and of a commit's subject, in bytes.
    public static let textSize = 1 << 10

    /// Why a file has no place in a bundle, in words; nil where it has.
    static func problem(of file: BundleList.File) -> String? {
        if file.byteCount > fileSize { return "a file of more than \(fileSize >> 30) GiB" }
        let names = file.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if file.path.utf8.first == UInt8(ascii: "/") { return "an absolute name" }
        for name in names {
            if let problem = SiteName.problem(of: name) { return problem }
            if name.first == UInt8(ascii: ".") { return "a hidden name, which is no part of a site" }
        }
        if let first = names.first, names.count == 1,
            [BundleList.name, BundleList.signatureName].contains(where: {
                $0.lowercased() == String(decoding: first, as: UTF8.self).lowercased()
            })
        {
            return "the name that a bundle has for what it says of itself"
        }
        let header = TarHeader.block(ofFile: Array(file.path.utf8), mode: 0, byteCount: 0, time: 0)
        return header == nil ? "a path that is too long for a bundle: 100 bytes behind a slash, 155 before it" : nil
    }

    /// - Throws: for files that no bundle may have together.
    static func check(_ files: [BundleList.File]) throws(SourceFault) {
        guard files.count <= fileCount else { throw SourceFault(.refused, "it has more than \(fileCount) files") }
        var previous: String?, folders = Set<[UInt8]>()
        for file in files {
            let shown = file.path.printableLine(columns: 80)
            if let problem = problem(of: file) { throw SourceFault(.refused, "the file `\(shown)` has \(problem)") }
            if let previous, !previous.utf8.lexicographicallyPrecedes(file.path.utf8) {
                let isTwice = previous.utf8.elementsEqual(file.path.utf8)
                throw SourceFault(.refused, "the file `\(shown)` is in its list \(isTwice ? "twice" : "out of order")")
            }
            previous = file.path
            let path = Array(file.path.utf8)
            for (place, byte) in path.enumerated() where byte == UInt8(ascii: "/") {
                folders.insert(Array(path[..<place]))
            }
        }
        guard files.reduce(0, { $0 + $1.byteCount }) <= totalSize else {
            throw SourceFault(.refused, "its files have more than \(totalSize >> 30) GiB")
        }
        if let both = files.first(where: { folders.contains(Array($0.path.utf8)) }) {
            let shown = both.path.printableLine(columns: 80)
            throw SourceFault(.refused, "`\(shown)` is a file and a folder in its list")
        }
        if let (one, other) = SiteName.twins(among: files.lazy.map(\.path)) {
            let shown = (one.printableLine(columns: 80), other.printableLine(columns: 80))
            throw SourceFault(
                .refused, "it has `\(shown.0)` and `\(shown.1)`, which some file systems take for the same")
        }
    }
}
