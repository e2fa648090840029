/// A change of a part of a file: the edit itself, evaluated again when it is performed, so that it never overwrites
/// what came in between. Edits of one file are performed together.
public struct FileEdit: FilePayload {
    public var path: AbsolutePath
    public var edit: any DocumentEdit
    /// Makes the file with these attributes where it is missing; nil: a missing file is a fault.
    public var creation: Attributes?
    /// Removes the file when the edit leaves a document without entries.
    public var removesEmpty: Bool

    public init(
        _ path: AbsolutePath, _ edit: any DocumentEdit, creation: Attributes? = nil, removesEmpty: Bool = false
    ) {
        self.path = path
        self.edit = edit
        self.creation = creation
        self.removesEmpty = removesEmpty
    }

    public var isSecret: Bool { edit.isSecret }
}

/// A change of one kind of document; making it twice is making it once.
public protocol DocumentEdit: Sendable {
    associatedtype Document: EditableDocument
    /// Whether the edit puts a secret into the document.
    var isSecret: Bool { get }
    /// - Throws: when the document leaves no place for it; the document is then as it was.
    func apply(to document: inout Document) throws(Refusal)
}

/// A document in which edits are made.
public protocol EditableDocument: HostDocument {
    /// Whether no entry is left, so that the file may go.
    var isEmpty: Bool { get }
    var byteCount: Int { get }
}

extension EditableDocument {
    public var byteCount: Int { bytes.count }
}
