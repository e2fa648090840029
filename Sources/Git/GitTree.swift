import Model
import Values

/// One directory of a commit.
public struct GitTree: Sendable {
    public struct Entry: Sendable, Hashable {
        public var name: String
        public var mode: GitMode
        public var id: GitID
    }

    public private(set) var entries: [Entry] = []

    /// Parses the bytes of a tree object: for each entry the mode in octal digits, a blank, the name, NUL and 20 bytes.
    ///
    /// - Throws: for what git itself would not write: names that are no names, other modes, another order, a name twice.
    public init(parsing bytes: [UInt8]) throws(GitFault) {
        var rest = bytes[...], names = Set<ArraySlice<UInt8>>(), previous: [UInt8] = []
        while let (digits, name, bytes) = try Self.next(in: &rest) {
            let shown = String(decoding: name, as: UTF8.self).printableLine(columns: 80)
            if let problem = SiteName.problem(of: name) { throw GitFault(.refused, problem) }
            guard let mode = GitMode(digits: digits) else {
                let digits = String(decoding: digits, as: UTF8.self)
                throw GitFault(
                    .refused, digits == "160000" ? "the submodule `\(shown)`" : "`\(shown)` with the mode \(digits)")
            }
            // A directory sorts as if its name ended in a slash.
            let key = Array(name) + (mode == .directory ? [UInt8(ascii: "/")] : [])
            guard previous.isEmpty || previous.lexicographicallyPrecedes(key) else {
                throw GitFault(.refused, "`\(shown)` twice or out of order")
            }
            previous = key
            let text = String(decoding: name, as: UTF8.self)
            guard names.insert(name).inserted, let id = GitID(bytes: bytes) else {
                throw GitFault(.refused, "`\(shown)` twice")
            }
            entries.append(Entry(name: text, mode: mode, id: id))
        }
    }

    /// The entry of one name in the bytes of a tree object, of which nothing else is judged; nil where there is none.
    static func entry(_ name: [UInt8], in bytes: [UInt8]) throws(GitFault) -> (isDirectory: Bool, id: GitID)? {
        var rest = bytes[...], found: (isDirectory: Bool, id: GitID)?
        while let (digits, other, bytes) = try Self.next(in: &rest) {
            guard other.elementsEqual(name), let id = GitID(bytes: bytes) else { continue }
            if found != nil { throw GitFault(.refused, "it has an entry twice") }
            found = (GitMode(digits: digits) == .directory, id)
        }
        return found
    }

    private typealias Raw = (digits: ArraySlice<UInt8>, name: ArraySlice<UInt8>, id: ArraySlice<UInt8>)

    private static func next(in rest: inout ArraySlice<UInt8>) throws(GitFault) -> Raw? {
        if rest.isEmpty { return nil }
        guard let blank = rest.prefix(8).firstIndex(of: UInt8(ascii: " ")),
            let end = rest[blank...].firstIndex(of: 0), rest.endIndex - end > 20
        else { throw GitFault(.refused, "a tree that ends within an entry") }
        defer { rest = rest[(end + 21)...] }
        return (rest[..<blank], rest[(blank + 1)..<end], rest[(end + 1)...(end + 20)])
    }
}

/// What an entry of a tree is: only these exist.
public enum GitMode: String, Sendable {
    case file = "100644"
    case executable = "100755"
    case link = "120000"
    case directory = "40000"

    init?(digits: ArraySlice<UInt8>) {
        self.init(rawValue: String(decoding: digits, as: UTF8.self))
    }
}
