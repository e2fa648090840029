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

    /// Whether an edit changes nothing, not even a comment.
    public func isUnchanged(by edit: KeysEdit) -> Bool {
        var edited = self
        edited.apply(edit)
        return edited.bytes == bytes
    }

    public mutating func apply(_ edit: KeysEdit) {
        switch edit {
        case .remove(let blob):
            lines.removeAll { PublicKey(line: $0.text)?.blob == blob }
        case .setGroup(let group): apply(group)
        case .set(let membership):
            for key in membership.elements { put(key) { $0 == key } }
            guard membership.isExact else { return }
            let wanted = Set(membership.elements.map(\.blob))
            lines.removeAll { line in
                let first = line.text.utf8.first { $0 != 0x20 && $0 != 0x09 }
                if first == nil || first == UInt8(ascii: "#") { return false }
                return PublicKey(line: line.text).map { !wanted.contains($0.blob) } ?? true
            }
        }
    }

    private mutating func apply(_ group: KeyGroupContent) {
        lines.removeAll { line in PublicKey(line: line.text).map(group.isStale) ?? false }
        for key in group.keys { put(key) { $0 == key && $0.comment == key.comment } }
    }

    /// The first line with the blob becomes the key's unless it is the same; further ones go.
    private mutating func put(_ key: PublicKey, unless isSame: (PublicKey) -> Bool) {
        var isThere = false
        lines = lines.compactMap { line in
            guard let present = PublicKey(line: line.text), present.blob == key.blob else { return line }
            if isThere { return nil }
            isThere = true
            return isSame(present) ? line : FileLine(key.line)
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
    case setGroup(KeyGroupContent)

    public var isSecret: Bool { false }

    public func apply(to document: inout AuthorizedKeys) { document.apply(self) }
}

/// The keys of an account that bear one mark: each has a name in the group, which its comment says.
public struct KeyGroupContent: Sendable, Hashable {
    public var group: String
    /// With their comments.
    public private(set) var keys: [PublicKey] = []
    /// The blob of each name; nil for a name whose line stays whatever it is.
    private var blobs: [String: String?] = [:]

    /// A group of which nothing is left.
    public init(_ group: String) {
        self.group = group
    }

    /// - Parameter kept: the names whose lines stay as they are.
    public init(_ group: String, keys: [(name: String, key: PublicKey)], kept: [String]) {
        self.group = group
        for name in kept { blobs[name] = .some(nil) }
        for (name, key) in keys {
            blobs[name] = .some(key.blob)
            let comment = mark + name
            self.keys.append(PublicKey(options: key.options, type: key.type, blob: key.blob, comment: comment))
        }
    }

    private var mark: String { "lodestar:\(group):" }

    /// The name that a key has in the group; nil for one that is not of it.
    public func name(of key: PublicKey) -> String? {
        key.comment.hasPrefix(mark) ? String(key.comment.dropFirst(mark.count)) : nil
    }

    /// Whether a key bears the mark and does not belong there any more.
    fileprivate func isStale(_ key: PublicKey) -> Bool {
        guard let name = name(of: key) else { return false }
        guard let blob = blobs[name] else { return true }
        return blob.map { $0 != key.blob } ?? false
    }
}
