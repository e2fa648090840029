public import Model

/// What an archive or a commit brought to its directory: the record that tells its files from those of others, and its former
/// ones.
public struct TreeRecord: HostDocument, Hashable {
    /// What the tree is of, a word: a digest, a commit.
    public var revision: String
    /// Whether everything is in its place, and nothing former is left.
    public var isComplete: Bool
    /// Whether Lodestar made the directory.
    public var hasMade: Bool
    /// What the revision brings, files by their sizes and digests.
    public var entries: [TreeEntry]
    /// What may be left of former revisions.
    public var former: [TreeEntry]
    /// Entries that were there before: they are kept as the revision has them, and never taken away.
    public var foreign: Set<AbsolutePath>

    public init(
        revision: String, isComplete: Bool, hasMade: Bool, entries: [TreeEntry], former: [TreeEntry] = [],
        foreign: Set<AbsolutePath> = []
    ) {
        self.revision = revision
        self.isComplete = isComplete
        self.hasMade = hasMade
        self.entries = entries
        self.former = former
        self.foreign = foreign
    }

    /// What is Lodestar's in the directory.
    public var own: [TreeEntry] {
        var seen = Set(entries.map(Occupant.init))
        return (entries + former.filter { seen.insert(Occupant($0)).inserted }).filter { !foreign.contains($0.path) }
    }

    /// Whether the record cannot be believed: what is Lodestar's, nobody knows.
    public var isDamaged: Bool { revision == Self.none.revision }

    /// A kind of thing at a place.
    private struct Occupant: Hashable {
        var path: AbsolutePath
        var kind: FileStatus.Kind

        init(_ entry: TreeEntry) { (path, kind) = (entry.path, entry.kind) }
    }

    private static let folder = AbsolutePath.root.appending(OwnPaths.state).appending("trees")

    /// Where the record of a directory is: a name for each path, by its digest where that is long.
    public static func path(of directory: AbsolutePath) -> AbsolutePath {
        let name = directory.text.utf8.dropFirst().reduce(into: "") { name, byte in
            switch byte {
            case UInt8(ascii: "/"): name += "%2F"
            case UInt8(ascii: "%"): name += "%25"
            default: name.unicodeScalars.append(UnicodeScalar(byte))
            }
        }
        let isPlain = directory.text.utf8.allSatisfy { $0 < 0x80 } && name.utf8.count < 200
        return folder.appending(isPlain && !name.isEmpty ? name : Digest(of: directory.text).hexadecimal)
    }

    /// Reads what `bytes` has. What is damaged reads as a record of nothing.
    public init(parsing bytes: [UInt8]) {
        self = Self.read(bytes) ?? Self.none
    }

    private static let none = TreeRecord(revision: "-", isComplete: false, hasMade: false, entries: [])
    private static let head = "lodestar-tree 1"

    private static func read(_ bytes: [UInt8]) -> TreeRecord? {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count > 3, lines[0].elementsEqual(head.utf8), lines[lines.count - 1].isEmpty else { return nil }
        let seal = lines[lines.count - 2]
        guard seal.elementsEqual(Self.seal(bytes[..<seal.startIndex]).utf8) else { return nil }
        let words = words(lines[1], 3).map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 3 else { return nil }
        var record = TreeRecord(
            revision: words[0], isComplete: words[1] == "complete", hasMade: words[2] == "made", entries: [])
        for line in lines[2..<(lines.count - 2)] {
            guard let (tag, entry) = entry(line) else { return nil }
            if tag == "-" { record.former.append(entry) } else { record.entries.append(entry) }
            if tag == "=" { record.foreign.insert(entry.path) }
        }
        return record
    }

    private static func words(_ line: ArraySlice<UInt8>, _ count: Int) -> [ArraySlice<UInt8>] {
        line.split(separator: UInt8(ascii: " "), maxSplits: count - 1, omittingEmptySubsequences: false)
    }

    /// The last line: a record that lost a part is damaged.
    private static func seal(_ bytes: some Sequence<UInt8>) -> String {
        "sha256 \(Digest(of: Array(bytes)).hexadecimal)"
    }

    /// `+`, `=` (what was there before) or `-` (former), the kind, the mode, what is in it, and the path.
    private static func entry(_ line: ArraySlice<UInt8>) -> (tag: String, entry: TreeEntry)? {
        let words = words(line, 5).map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 5, let mode = UInt16(words[2], radix: 8) else { return nil }
        var place = words[4], body: TreeEntry.Body
        switch words[1] {
        case "d": body = .directory
        case "f":
            let parts = words[3].split(separator: ":")
            guard parts.count == 2, let count = Int(parts[0]), let digest = Digest(hexadecimal: String(parts[1])) else {
                return nil
            }
            body = .file(.known(byteCount: count, digest))
        case "l":
            guard let count = Int(words[3]), count >= 0, count < place.utf8.count else { return nil }
            let target = Array(place.utf8)[..<count]
            body = .link(String(decoding: target, as: UTF8.self))
            place = String(decoding: Array(place.utf8)[count...], as: UTF8.self)
        default: return nil
        }
        return AbsolutePath(place).map { (words[0], TreeEntry($0, body, Permissions(mode))) }
    }

    public var bytes: [UInt8] {
        var text = "\(Self.head)\n\(revision) \(isComplete ? "complete" : "incomplete") "
        text += hasMade ? "made\n" : "found\n"
        for entry in entries { text += (foreign.contains(entry.path) ? "=" : "+") + Self.line(entry) }
        for entry in former { text += "-" + Self.line(entry) }
        return Array((text + Self.seal(text.utf8) + "\n").utf8)
    }

    private static func line(_ entry: TreeEntry) -> String {
        let mode = String(entry.permissions.bits, radix: 8)
        switch entry.body {
        case .directory: return " d \(mode) - \(entry.path)\n"
        case .file(let content):
            return " f \(mode) \(content.byteCount):\(content.digest?.hexadecimal ?? "") \(entry.path)\n"
        case .link(let target): return " l \(mode) \(target.utf8.count) \(target)\(entry.path)\n"
        }
    }
}
