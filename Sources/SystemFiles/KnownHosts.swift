import Crypto
public import Model

/// Gives a host its keys in a file of known hosts (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"), or takes them out.
public struct KnownHostEdit: DocumentEdit {
    public var record: KnownHostRecord
    public var isPresent: Bool

    public init(_ record: KnownHostRecord, isPresent: Bool = true) {
        self.record = record
        self.isPresent = isPresent
    }

    public var isSecret: Bool { false }

    public func apply(to document: inout TextLines) {
        var missing: [String: [String]] = [:]
        for key in isPresent ? record.keys.elements : [] { missing[key.blob] = record.names }
        var gone: [Int] = []
        for line in document.knownHosts(of: record) {
            let blob = line.key.blob, isWanted = missing[blob] != nil
            if !isWanted, !record.takes(line.key) { continue }
            let names = kept(line, isWanted: isWanted)
            missing[blob]?.removeAll { line.isHashed ? !names.isEmpty && line.isFor($0) : names.contains($0) }
            if names.isEmpty {
                gone.append(line.position)
            } else if names != line.names {
                document.replace(line.position, with: line.bytes(with: names.joined(separator: ",")))
            }
        }
        document.remove(gone)
        for key in isPresent ? record.keys.elements : [] {
            let names = missing[key.blob] ?? []
            if names.isEmpty { continue }
            for field in record.isHashed == true ? names.map({ Self.hashed($0, key) }) : [names.joined(separator: ",")]
            {
                let marker = record.isAuthority ? KnownHostLine.authority : ""
                let words = [marker, field, key.type, key.blob, key.comment].filter { !$0.isEmpty }
                document.insert([Array(words.joined(separator: " ").utf8)], at: document.count)
            }
        }
    }

    /// The names that a line keeps: those of others, and with a declared key the record's, if they have the declared form.
    private func kept(_ line: KnownHostLine, isWanted: Bool) -> [String] {
        if line.isHashed { return isWanted && record.isHashed != false ? line.names : [] }
        if !isWanted || record.isHashed == true { return line.names.filter { !record.names.contains($0) } }
        let isRecords = record.hasAliases && line.names.first == record.names.first
        return isRecords ? line.names.filter { record.names.contains($0) } : line.names
    }

    /// The salt follows from name and key, so that a plan foresees the line: who guesses names has the salt anyway.
    private static func hashed(_ name: String, _ key: PublicKey) -> String {
        let salt = Array(Digest(of: "known host\u{0}\(name)\u{0}\(key.blob)").bytes.prefix(20))
        return "|1|\(Base64.text(of: salt))|\(Base64.text(of: KnownHostLine.code(of: name, salt)))"
    }
}

/// What a file of known hosts shall say of one host.
public struct KnownHostRecord: Sendable {
    /// The host's name and its aliases, in lower case; of an authority patterns too.
    public var names: [String]
    public var keys: Membership<PublicKey>
    /// Whether the names stand there as hashes; nil: as they are found.
    public var isHashed: Bool?
    /// Whether the keys are those of authorities that certify the host's own.
    public var isAuthority: Bool
    /// Whether the aliases are managed.
    public var hasAliases: Bool

    public init(
        names: [String], keys: Membership<PublicKey>, isHashed: Bool? = nil, isAuthority: Bool = false,
        hasAliases: Bool = false
    ) {
        self.names = names
        self.keys = keys
        self.isHashed = isHashed
        self.isAuthority = isAuthority
        self.hasAliases = hasAliases
    }

    /// Whether a key goes that is not among those which stay.
    fileprivate func takes(_ key: PublicKey) -> Bool { keys.isExact || keys.elements.contains(key) }
}

/// A line of a file of known hosts.
public struct KnownHostLine: Sendable {
    static let authority = "@cert-authority", revoked = "@revoked"

    public let position: Int
    public let key: PublicKey
    fileprivate let marker: String?
    /// The names as they stand there; one hash is one name.
    fileprivate let names: [String]
    private let head: ArraySlice<UInt8>
    private let rest: ArraySlice<UInt8>

    /// nil for comments and what ssh does not read.
    fileprivate init?(_ body: ArraySlice<UInt8>, at position: Int) {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var words = body.split(whereSeparator: isBlank)
        guard let first = words.first?.first, first != UInt8(ascii: "#") else { return nil }
        marker = first == UInt8(ascii: "@") ? String(decoding: words.removeFirst(), as: UTF8.self) : nil
        guard words.count > 2, let key = PublicKey(line: String(decoding: body[words[1].startIndex...], as: UTF8.self)),
            key.options.isEmpty
        else { return nil }
        self.position = position
        self.key = key
        names = String(decoding: words[0], as: UTF8.self).split(separator: ",").map { $0.lowercased() }
        isHashed = words[0].first == UInt8(ascii: "|")
        hash = isHashed ? String(decoding: words[0], as: UTF8.self) : ""
        head = body[..<words[0].startIndex]
        rest = body[words[0].endIndex...]
    }

    fileprivate let isHashed: Bool
    private let hash: String

    /// Whether a name stands there as itself, or is the one that was hashed.
    fileprivate func isFor(_ name: String) -> Bool {
        guard isHashed else { return names.contains(name) }
        let parts = hash.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[1] == "1", let salt = Base64.bytes(of: parts[2].utf8),
            let code = Base64.bytes(of: parts[3].utf8)
        else { return false }
        return Self.code(of: name, salt) == code
    }

    /// Whether ssh takes the line for a name, also by a pattern.
    func matches(_ name: String) -> Bool {
        if isHashed { return isFor(name) }
        let found = names.filter { NamePattern($0.first == "!" ? $0.dropFirst() : $0[...]).matches(name) }
        return !found.isEmpty && !found.contains { $0.first == "!" }
    }

    fileprivate var isPattern: Bool { !isHashed && names.contains { $0.contains { "*?!".contains($0) } } }

    fileprivate func bytes(with names: String) -> [UInt8] {
        head + (isHashed ? Array(hash.utf8) : Array(names.utf8)) + rest
    }

    static func code(of name: String, _ salt: [UInt8]) -> [UInt8] {
        Array(HMAC<Insecure.SHA1>.authenticationCode(for: Array(name.utf8), using: SymmetricKey(data: salt)))
    }
}

extension TextLines {
    private var knownHosts: [KnownHostLine] {
        lines.enumerated().compactMap { KnownHostLine($1.body, at: $0) }
    }

    /// The lines that name the host, or one of its aliases, as such; those with patterns are of somebody else.
    public func knownHosts(of record: KnownHostRecord) -> [KnownHostLine] {
        knownHosts.filter { line in
            line.marker == (record.isAuthority ? KnownHostLine.authority : nil)
                && (record.isAuthority || !line.isPattern) && record.names.contains { line.isFor($0) }
        }
    }

    /// The line that revokes a declared key, where one does.
    public func revocation(of record: KnownHostRecord) -> KnownHostLine? {
        knownHosts.first { line in
            line.marker == KnownHostLine.revoked && record.keys.elements.contains { $0.blob == line.key.blob }
                && record.names.contains { line.matches($0) }
        }
    }

    /// What the file says of its hosts, one record for each list of names; nil where something else stands there too:
    /// hashed names, patterns, revoked keys, or what ssh does not read.
    public var knownHostRecords: [KnownHostRecord]? {
        var records: [KnownHostRecord] = []
        for line in lines where !line.isBlankOrComment {
            guard let line = KnownHostLine(line.body, at: 0), !line.isHashed, line.marker != KnownHostLine.revoked
            else {
                return nil
            }
            let isAuthority = line.marker != nil
            if line.names.contains(where: { $0.first == "!" }) || (line.isPattern && !isAuthority) { return nil }
            let known = records.firstIndex { $0.names == line.names && $0.isAuthority == isAuthority }
            let keys = (known.map { records[$0].keys.elements } ?? []) + [line.key]
            let record = KnownHostRecord(names: line.names, keys: .exactly(keys), isAuthority: isAuthority)
            if let known { records[known] = record } else { records.append(record) }
        }
        return records
    }

    /// Whether an edit changes nothing.
    public func isUnchanged(by edit: some DocumentEdit) throws(Refusal) -> Bool {
        var document = EditedDocument(for: edit, parsing: bytes)
        try document.apply(edit)
        return document.bytes == bytes
    }
}

/// A pattern of ssh_config(5): `*` and `?`.
public struct NamePattern: Sendable {
    private let pattern: [UInt8]

    public init(_ text: some StringProtocol) {
        pattern = Array(text.utf8)
    }

    /// Whether a name matches, in time that its length and the pattern's bound.
    public func matches(_ name: String) -> Bool {
        let name = Array(name.utf8)
        var place = 0, position = 0, star: Int?, resume = 0
        while position < name.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                (star, resume) = (place, position)
                place += 1
            } else if place < pattern.count, pattern[place] == UInt8(ascii: "?") || pattern[place] == name[position] {
                place += 1
                position += 1
            } else if let last = star {
                resume += 1
                (place, position) = (last + 1, resume)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
