public import Model

/// An authorized_keys file (sshd(8)). Comments and lines that are no keys are kept.
public struct AuthorizedKeys: EditableDocument {
    private var lines: [FileLine]
    private var endsWithNewline: Bool

    public init(parsing bytes: [UInt8]) {
        (lines, endsWithNewline) = FileLine.lines(of: bytes)
    }

    public var bytes: [UInt8] { FileLine.bytes(of: lines, endsWithNewline: endsWithNewline) }

    /// The keys of the file in its order.
    public var keys: [PublicKey] { lines.compactMap { PublicKey(line: $0.text) } }

    /// The keys, each with the number of its line.
    var numberedKeys: [(line: Int, key: PublicKey)] {
        lines.enumerated().compactMap { number, line in PublicKey(line: line.text).map { (number + 1, $0) } }
    }

    /// The keys, and the lines that are neither keys nor comments nor blank, each line read once.
    public var contents: (keys: [PublicKey], strangers: [String]) {
        var keys: [PublicKey] = [], strangers: [String] = []
        for line in lines.map(\.text) {
            if let key = PublicKey(line: line) {
                keys.append(key)
            } else if let first = line.utf8.first(where: { $0 != 0x20 && $0 != 0x09 }), first != UInt8(ascii: "#") {
                strangers.append(line)
            }
        }
        return (keys, strangers)
    }

    /// The lines that are neither keys nor comments nor blank.
    public var strangers: [String] {
        contents.strangers
    }

    public var isEmpty: Bool { lines.isEmpty }

    public mutating func apply(_ edit: KeysEdit) {
        switch edit {
        case .remove(let blob):
            lines.removeAll { PublicKey(line: $0.text)?.blob == blob }
        case .set(let membership):
            for key in membership.elements { put(key) }
            guard membership.isExact else { return }
            let wanted = Set(membership.elements.map(\.blob))
            lines.removeAll { line in
                let first = line.text.utf8.first { $0 != 0x20 && $0 != 0x09 }
                if first == nil || first == UInt8(ascii: "#") { return false }
                return PublicKey(line: line.text).map { !wanted.contains($0.blob) } ?? true
            }
        }
    }

    /// The first line with the blob becomes the key's unless it is equal; further ones go.
    private mutating func put(_ key: PublicKey) {
        var isThere = false
        lines = lines.compactMap { line in
            guard let present = PublicKey(line: line.text), present.blob == key.blob else { return line }
            if isThere { return nil }
            isThere = true
            return present == key ? line : FileLine(key.line)
        }
        if isThere { return }
        lines.append(FileLine(key.line))
        endsWithNewline = true
    }
}

/// Changes the keys of an authorized_keys file; identity is the blob.
public enum KeysEdit: DocumentEdit {
    /// `exactly` removes every other key line and keeps comments.
    case set(Membership<PublicKey>)
    case remove(blob: String)

    public var isSecret: Bool { false }

    public func apply(to document: inout AuthorizedKeys) { document.apply(self) }
}
