import SystemCalls
public import Values

/// Reads the objects of a repository of ours through `git cat-file --batch`. Each is hashed here before it is believed:
/// cat-file does not compare an object with its name. One task uses it.
public final class GitObjects {
    private let program: GitProgram
    /// The repository must not go before.
    private let folder: GitFolder
    /// nil before the first question, and where an answer was not heard to its end.
    private var dialogue: ChildDialogue?
    /// Whether something was met that is not what its name says, or that a tree names and that is not there.
    private(set) var isDamaged = false

    static let commitLimit = 1 << 20
    static let treeLimit = 64 << 20
    private static let greatestTagDepth = 5
    /// The most bytes of one file.
    public static let blobLimit = 2 << 30

    init(_ program: GitProgram, keeping folder: GitFolder) {
        self.program = program
        self.folder = folder
    }

    /// - Parameter id: of a commit, or of an annotated tag that stands for one.
    public func commit(_ id: GitID) throws(GitFault) -> GitCommit { try head(id).commit }

    /// The commit that an object is or stands for.
    func head(_ id: GitID) throws(GitFault) -> GitHead {
        var id = id, tags: [GitHead.Tag] = []
        for _ in 0..<Self.greatestTagDepth {
            var bytes: [UInt8] = []
            let kind = try read(id, [.commit, .tag], limit: Self.commitLimit) { bytes += $0 }
            if kind == .commit {
                return GitHead(id: id, bytes: bytes, commit: try GitCommit(parsing: bytes), tags: tags)
            }
            tags.append(GitHead.Tag(id: id, bytes: bytes))
            let line = bytes.split(separator: UInt8(ascii: "\n")).first ?? []
            guard line.starts(with: "object ".utf8),
                let next = GitID(String(decoding: line.dropFirst(7), as: UTF8.self))
            else { throw GitFault(.refused, "the tag \(id) is of nothing") }
            id = next
        }
        throw GitFault(.refused, "\(id) is a tag of a tag of a tag")
    }

    public func tree(_ id: GitID) throws(GitFault) -> GitTree {
        try GitTree(parsing: try treeBytes(id))
    }

    /// The tree in a folder of a tree; what lies beside the way to it is not looked at.
    func tree(at folder: [String], of id: GitID) throws(GitFault) -> GitID {
        var id = id
        for (index, name) in folder.enumerated() {
            guard let entry = try GitTree.entry(Array(name.utf8), in: try treeBytes(id)), entry.isDirectory else {
                let path = folder[...index].joined(separator: "/")
                let shown = path.printableLine(columns: 80)
                throw GitFault(.missing, "expected the folder `\(shown)` in the commit, found none")
            }
            id = entry.id
        }
        return id
    }

    private func treeBytes(_ id: GitID) throws(GitFault) -> [UInt8] {
        var bytes: [UInt8] = []
        _ = try read(id, [.tree], limit: Self.treeLimit) { bytes += $0 }
        return bytes
    }

    /// Hands over the bytes of a file, some at a time: they count only when this returns.
    public func blob(_ id: GitID, limit: Int = blobLimit, _ sink: ByteStream.Sink) throws(GitFault) {
        _ = try read(id, [.blob], limit: limit, sink)
    }

    private func read(
        _ id: GitID, _ kinds: [GitKind], limit: Int, _ sink: ByteStream.Sink
    ) throws(GitFault) -> GitKind {
        do throws(GitFault) {
            return try object(id, kinds, limit: limit, sink)
        } catch {
            if error.kind == .corrupt || error.kind == .missing && kinds[0] != .commit { isDamaged = true }
            throw error
        }
    }

    private func object(
        _ id: GitID, _ kinds: [GitKind], limit: Int, _ sink: ByteStream.Sink
    ) throws(GitFault) -> GitKind {
        let dialogue: ChildDialogue
        if let open = self.dialogue { dialogue = open } else { dialogue = try program.objects() }
        self.dialogue = nil
        guard let (kind, byteCount) = try head(id, kinds, dialogue) else {
            self.dialogue = dialogue
            throw GitFault(.missing, "there is no \(kinds[0].rawValue) \(id)")
        }
        guard byteCount <= limit else {
            throw GitFault(.refused, "the \(kind.rawValue) \(id) has \(byteCount) bytes, more than \(limit)")
        }
        var hash = GitHash(kind, byteCount: byteCount)
        do throws(HostFault) {
            try dialogue.bytes(byteCount) { (piece) throws(HostFault) in
                hash.add(piece)
                try sink(piece)
            }
            try dialogue.bytes(1) { (_) throws(HostFault) in }
        } catch {
            // Of a damaged object git has told the size when it gives up.
            throw GitFault(error.object == ChildDialogue.name(of: "git") ? .corrupt : .failed, error.text)
        }
        guard hash.id == id else {
            throw GitFault(.corrupt, "the \(kind.rawValue) \(id) has other bytes than its name says")
        }
        self.dialogue = dialogue
        return kind
    }

    /// Asks for an object, and reads the line in front of it: its name, its kind, its size.
    ///
    /// - Returns: nil where there is no such object.
    private func head(
        _ id: GitID, _ kinds: [GitKind], _ dialogue: ChildDialogue
    ) throws(GitFault) -> (GitKind, Int)? {
        let wanted = kinds[0].rawValue, line: String
        do throws(HostFault) {
            try dialogue.ask("\(id)\n")
            line = try dialogue.line(limit: 4096)
        } catch {
            throw GitFault(.corrupt, "the \(wanted) \(id) cannot be read: \(error.reason)")
        }
        let words = line.split(separator: " ")
        if words.count == 2, words[1] == "missing" { return nil }
        guard words.count == 3, words[0] == "\(id)", let byteCount = Int(words[2]), byteCount >= 0 else {
            throw GitFault(.corrupt, "git answers `\(line.printableLine(columns: 80))` for \(id)")
        }
        guard let kind = GitKind(rawValue: String(words[1])), kinds.contains(kind) else {
            throw GitFault(.refused, "\(id) is a \(String(words[1]).printableLine(columns: 80)), not a \(wanted)")
        }
        return (kind, byteCount)
    }
}
