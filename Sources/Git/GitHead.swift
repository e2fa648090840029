import Values

/// A commit, with its bytes and those of the annotated tags that lead to it.
struct GitHead {
    struct Tag {
        var id: GitID
        var bytes: [UInt8]
    }

    var id: GitID
    var bytes: [UInt8]
    var commit: GitCommit
    /// The outermost one first.
    var tags: [Tag]

    private static let subjectColumns = 60

    /// What stands behind the head.
    var message: String {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.isEmpty { break }
        }
        return String(decoding: rest, as: UTF8.self)
    }

    /// The first line of the message, for people.
    var subject: String {
        let lines = message.textLines()
        return (lines.first { !$0.isEmpty } ?? "").printableLine(columns: Self.subjectColumns)
    }
}
