public import Model

/// A file that edits are made in: which kind of document it is follows from the edit.
public struct EditedDocument: Sendable {
    private enum Form: Sendable {
        case lines(TextLines)
        case crontab(Crontab)
        case keys(AuthorizedKeys)
    }

    private var form: Form

    public init(for edit: FileEdit.Edit, parsing bytes: [UInt8]) {
        form =
            switch edit {
            case .line: .lines(TextLines(parsing: bytes))
            case .crontab: .crontab(Crontab(parsing: bytes))
            case .keys: .keys(AuthorizedKeys(parsing: bytes))
            }
    }

    /// Performs one more edit of the same kind; one of another kind reads the file anew.
    public mutating func apply(_ edit: FileEdit.Edit) throws(Refusal) {
        switch (edit, form) {
        case (.line(let edit), .lines(var document)):
            form = .lines(TextLines(parsing: []))  // keeps the storage unique, so that an edit copies nothing
            defer { form = .lines(document) }
            try document.apply(edit)
        case (.crontab(let edit), .crontab(var document)):
            form = .lines(TextLines(parsing: []))
            document.apply(edit)
            form = .crontab(document)
        case (.keys(let edit), .keys(var document)):
            form = .lines(TextLines(parsing: []))
            document.apply(edit)
            form = .keys(document)
        case (.line, _), (.crontab, _), (.keys, _):
            self = EditedDocument(for: edit, parsing: bytes)
            try apply(edit)
        }
    }

    /// The present state as a document, if it is of that type.
    public func document<Document: HostDocument>(as type: Document.Type) -> Document? {
        switch form {
        case .lines(let document): document as? Document
        case .crontab(let document): document as? Document
        case .keys(let document): document as? Document
        }
    }

    public var bytes: [UInt8] {
        switch form {
        case .lines(let document): document.bytes
        case .crontab(let document): document.bytes
        case .keys(let document): document.bytes
        }
    }

    /// Whether the file holds no entry, so that `removesEmpty` may delete it.
    public var isEmptyOfEverybody: Bool {
        switch form {
        case .lines(let document): document.isEmpty
        case .crontab(let document): document.isEmpty
        case .keys(let document): document.isEmpty
        }
    }
}
