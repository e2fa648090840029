public import Model

/// A file that edits are made in: which kind of document it is follows from the edit.
public struct EditedDocument: Sendable {
    private var document: any EditableDocument

    public init<Edit: DocumentEdit>(for edit: Edit, parsing bytes: [UInt8]) {
        document = Edit.Document(parsing: bytes)
    }

    /// Performs one more edit; one of another kind of document reads the file anew.
    public mutating func apply<Edit: DocumentEdit>(_ edit: Edit) throws(Refusal) {
        var document = self.document as? Edit.Document ?? Edit.Document(parsing: bytes)
        self.document = Nothing(parsing: [])  // keeps the storage unique, so that an edit copies nothing
        defer { self.document = document }
        try edit.apply(to: &document)
    }

    /// The present state as a document, if it is of that type.
    public func document<Document: HostDocument>(as type: Document.Type) -> Document? { document as? Document }

    public var bytes: [UInt8] { document.bytes }
    public var byteCount: Int { document.byteCount }

    /// Whether no entry is left, so that a file of Lodestar's may go.
    public var isEmpty: Bool { document.isEmpty }

    private struct Nothing: EditableDocument {
        let bytes: [UInt8] = []
        let isEmpty = true

        init(parsing bytes: [UInt8]) {}
    }
}
