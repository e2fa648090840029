public import Model

/// Puts a line into a text or takes it out.
public struct LineEdit: DocumentEdit {
    public var text: Content
    /// RE2 dialect, searched, not anchored.
    public var match: String?
    /// Replaces every match instead of the last.
    public var replacesAll: Bool
    public var place: InsertionPlace
    public var isPresent: Bool

    public init(
        text: Content, match: String? = nil, replacesAll: Bool = false, insertAfter: String? = nil,
        insertBefore: String? = nil, isPresent: Bool = true
    ) {
        self.text = text
        self.match = match
        self.replacesAll = replacesAll
        place = InsertionPlace(after: insertAfter, before: insertBefore)
        self.isPresent = isPresent
    }

    public var isSecret: Bool { text.isSecret }

    public func apply(to document: inout TextLines) throws(Refusal) { try document.apply(self) }
}

extension TextLines {
    /// The positions that an edit speaks of: its matches, else the lines equal to its text.
    public func positions(of edit: LineEdit) throws(Refusal) -> [Int] {
        if let pattern = edit.match { return try positions(matching: pattern) }
        let text = edit.text.bytes
        return lines.indices.filter { lines[$0].body.elementsEqual(text) }
    }

    /// Performs the edit; doing it again changes nothing.
    public mutating func apply(_ edit: LineEdit) throws(Refusal) {
        let found = try positions(of: edit)
        if !edit.isPresent {
            remove(found)
        } else if found.isEmpty {
            insert([edit.text.bytes], at: try position(for: edit.place))
        } else {
            for position in edit.replacesAll ? found : found.suffix(1) { replace(position, with: edit.text.bytes) }
        }
    }
}
