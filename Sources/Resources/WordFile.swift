import SystemFiles
public import Model

/// A file of which the first line that is no comment counts, such as /etc/hostname: read, and edited around its comments.
struct WordFile: Sendable {
    let path: AbsolutePath
    /// nil where there is no such line, or no file.
    let word: String?
    let kind: FileStatus.Kind?

    init(_ path: AbsolutePath, on host: some HostReading) throws {
        self.path = path
        kind = try host.status(of: path)?.kind
        let lines = try host.document(TextLines.self, at: path)
        word = (0..<(lines?.count ?? 0)).lazy.map { position in
            String(decoding: lines?.body(at: position) ?? [], as: UTF8.self).trimmed
        }.first { !$0.isEmpty && $0.utf8.first != UInt8(ascii: "#") }
    }

    /// The edit that makes it hold the word; a link is not written through.
    func steps(_ wanted: String) throws(Refusal) -> [Step] {
        if word == wanted { return [] }
        if let kind, kind != .file { throw Refusal("\(path) is a \(kind.rawValue), not a file") }
        let edit = LineEdit(text: Content(wanted), match: "^\\s*[^#\\s]", replacesAll: true)
        return [.editFile(FileEdit(path, edit, creation: Attributes()))]
    }
}

/// The key of what a host has once.
public enum ThisHost: String, FieldValue, CaseIterable {
    case this
}
