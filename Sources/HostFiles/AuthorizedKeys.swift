public import Model

/// An authorized_keys file (sshd(8)). Comments and lines that are no keys are kept.
public struct AuthorizedKeys: HostDocument {
    private var lines: [String]

    public init(parsing bytes: [UInt8]) {
        lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        if lines.last == "" { lines.removeLast() }
    }

    public var bytes: [UInt8] {
        lines.isEmpty ? [] : Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// The keys of the file in its order.
    public var keys: [PublicKey] { lines.compactMap { PublicKey(line: $0) } }

    /// The keys, and the lines that are neither keys nor comments nor blank, each line read once.
    public var contents: (keys: [PublicKey], strangers: [String]) {
        var keys: [PublicKey] = [], strangers: [String] = []
        for line in lines {
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
        lines.filter { line in
            let body = line.drop { $0 == " " || $0 == "\t" }
            return !body.isEmpty && body.first != "#" && PublicKey(line: line) == nil
        }
    }

    public var isEmpty: Bool { lines.isEmpty }

    public mutating func apply(_ edit: KeysEdit) {
        switch edit {
        case .remove(let blob):
            lines.removeAll { PublicKey(line: $0)?.blob == blob }
        case .set(let membership):
            for key in membership.elements { put(key) }
            guard membership.isExact else { return }
            let wanted = Set(membership.elements.map(\.blob))
            lines.removeAll { line in
                let body = line.drop { $0 == " " || $0 == "\t" }
                if body.isEmpty || body.first == "#" { return false }
                return PublicKey(line: line).map { !wanted.contains($0.blob) } ?? true
            }
        }
    }

    /// The first line with the blob becomes the key's unless it is equal; further ones go.
    private mutating func put(_ key: PublicKey) {
        var isThere = false
        lines = lines.compactMap { line in
            guard let present = PublicKey(line: line), present.blob == key.blob else { return line }
            if isThere { return nil }
            isThere = true
            return present == key ? line : key.line
        }
        if !isThere { lines.append(key.line) }
    }
}
