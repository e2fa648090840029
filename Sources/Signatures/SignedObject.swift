/// A commit or an annotated tag of git by its exact grammar: what git itself writes, and nothing else.
public struct SignedObject: Sendable, Hashable {
    /// Who made it and when: the committer of a commit, the tagger of a tag.
    public struct Identity: Sendable, Hashable {
        public var name: String
        public var address: String
        /// Seconds since 1970.
        public var time: Int64
    }

    public let maker: Identity
    /// The lines of the signature; nil where there is none.
    public let signature: [UInt8]?
    /// What the signature is of.
    public let payload: [UInt8]
    /// Of a tag: what it is of, by its 40 digits, and its name.
    public let tagged: (id: String, name: String)?

    public static func == (one: SignedObject, other: SignedObject) -> Bool {
        one.payload == other.payload && one.signature == other.signature
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(payload) }

    /// What is not as git writes it.
    public struct Fault: Error, Sendable, Hashable {
        public var reason: String
    }

    /// `tree`, `parent` as often as there are some, `author`, `committer`, at most one `encoding`, each `mergetag`, `gpgsig`.
    public init(commit bytes: [UInt8]) throws(Fault) {
        var lines = try HeaderLines(bytes, of: "commit")
        _ = try lines.id("tree")
        while try lines.next(is: "parent") { _ = try lines.id("parent") }
        _ = try lines.identity("author")
        maker = try lines.identity("committer")
        if try lines.next(is: "encoding") {
            let value = try lines.value("encoding")
            guard !value.isEmpty, value.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw Fault(reason: "the commit has the line `encoding` with what is no name")
            }
        }
        while try lines.next(is: "mergetag") { _ = try lines.folded("mergetag") }
        let start = lines.offset
        signature = try lines.next(is: "gpgsig") ? try lines.folded("gpgsig") : nil
        payload = Array(bytes[..<start] + bytes[lines.offset...])
        tagged = nil
        try lines.end()
    }

    /// `object`, `type commit`, `tag`, `tagger`; the signature is the end of the message.
    public init(tag bytes: [UInt8]) throws(Fault) {
        var lines = try HeaderLines(bytes, of: "tag")
        let id = try lines.id("object")
        guard try lines.value("type").elementsEqual("commit".utf8) else {
            throw Fault(reason: "the tag is of something else than a commit")
        }
        let name = try lines.value("tag")
        guard !name.isEmpty, let text = String(validating: name, as: UTF8.self) else {
            throw Fault(reason: "the tag has no name, or one that is not UTF-8")
        }
        maker = try lines.identity("tagger")
        tagged = (id, text)
        try lines.end()
        var starts: [Int] = [], place = lines.offset
        while place < bytes.endIndex {
            let line = bytes[place...].prefix { $0 != UInt8(ascii: "\n") }
            if line.starts(with: "-----BEGIN ".utf8) { starts.append(place) }
            place = line.endIndex + 1
        }
        guard starts.count <= 1 else { throw Fault(reason: "the tag has more than one signature") }
        signature = starts.first.map { Array(bytes[$0...]) }
        payload = Array(bytes[..<(starts.first ?? bytes.endIndex)])
    }
}

/// The lines in front of the message, one after the other.
private struct HeaderLines {
    private let bytes: [UInt8]
    private let object: String
    private(set) var offset = 0

    init(_ bytes: [UInt8], of object: String) throws(SignedObject.Fault) {
        if bytes.contains(0) { throw SignedObject.Fault(reason: "the \(object) has NUL") }
        self.bytes = bytes
        self.object = object
    }

    private func fault(_ reason: String) -> SignedObject.Fault { SignedObject.Fault(reason: "the \(object) \(reason)") }

    /// Without its end; nil where the bytes end before the line does.
    private var line: ArraySlice<UInt8>? {
        guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        return bytes[offset..<end]
    }

    func next(is name: String) throws(SignedObject.Fault) -> Bool {
        guard let line else { throw fault("ends within its head") }
        return line.starts(with: "\(name) ".utf8)
    }

    mutating func value(_ name: String) throws(SignedObject.Fault) -> ArraySlice<UInt8> {
        guard try next(is: name), let line else { throw fault("has no line `\(name)` where git has it") }
        offset = line.endIndex + 1
        return line.dropFirst(name.utf8.count + 1)
    }

    mutating func id(_ name: String) throws(SignedObject.Fault) -> String {
        let value = try value(name)
        guard value.count == 40, value.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
            throw fault("has the line `\(name)` without 40 hexadecimal digits")
        }
        return String(decoding: value, as: UTF8.self)
    }

    /// A value that goes on in lines with a blank in front, each with its end.
    mutating func folded(_ name: String) throws(SignedObject.Fault) -> [UInt8] {
        var value = Array(try value(name)) + [UInt8(ascii: "\n")]
        while let line, line.first == UInt8(ascii: " ") {
            value += line.dropFirst() + [UInt8(ascii: "\n")]
            offset = line.endIndex + 1
        }
        return value
    }

    /// `NAME <ADDRESS> SECONDS ZONE`, as `git fsck` wants it.
    mutating func identity(_ name: String) throws(SignedObject.Fault) -> SignedObject.Identity {
        let value = Array(try value(name)), problem = fault("has the line `\(name)` in another form than git's")
        guard let open = value.firstIndex(of: UInt8(ascii: "<")), open > 0, value[open - 1] == UInt8(ascii: " "),
            let close = value.firstIndex(of: UInt8(ascii: ">")), close > open,
            !value[(open + 1)..<close].contains(UInt8(ascii: "<"))
        else { throw problem }
        let words = value[(close + 1)...].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3, words[0].isEmpty, let first = words[1].first, words[1].count <= 18,
            words[1].allSatisfy({ (0x30...0x39).contains($0) }), first != 0x30 || words[1].count == 1,
            let time = Int64(String(decoding: words[1], as: UTF8.self)), words[2].count == 5,
            words[2].first == UInt8(ascii: "+") || words[2].first == UInt8(ascii: "-"),
            words[2].dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
        else { throw problem }
        return SignedObject.Identity(
            name: String(decoding: value[..<(open - 1)], as: UTF8.self),
            address: String(decoding: value[(open + 1)..<close], as: UTF8.self), time: time)
    }

    /// The empty line in front of the message.
    mutating func end() throws(SignedObject.Fault) {
        guard let line else { throw fault("ends within its head") }
        guard line.isEmpty else {
            let name = String(decoding: line.prefix { $0 != UInt8(ascii: " ") }.prefix(40), as: UTF8.self)
            throw fault("has the line `\(name)` where git has none")
        }
        offset = line.endIndex + 1
    }
}
