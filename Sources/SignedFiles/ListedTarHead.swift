import SystemFiles
public import Model

/// The first entries of a listed tar: its list, and who has signed that. Nothing of it is believed yet.
public struct ListedTarHead {
    /// What kind of file it is, in the words of people and of the program.
    public struct Kind: Sendable {
        /// The names of the first entries.
        public var listName: String, signatureName: String
        /// Such as `bundle`.
        public var noun: String
        /// The command that makes one, and what to say of how.
        public var maker: String, hint: String
        /// The most bytes of a list.
        public var listLimit: Int

        public init(list: String, signature: String, noun: String, maker: String, hint: String, listLimit: Int) {
            (listName, signatureName, self.noun) = (list, signature, noun)
            (self.maker, self.hint, self.listLimit) = (maker, hint, listLimit)
        }
    }

    /// The most bytes of a signature.
    public static let signatureLimit = 64 << 10

    /// The bytes of the first entry, which the signature is of.
    public let listBytes: [UInt8]
    /// The bytes of the second one; nil where nobody has signed it.
    public let signature: [UInt8]?
    private let kind: Kind
    /// Their headers, which cannot be compared before the list is read.
    private let headers: [Header]

    private typealias Header = (name: String, block: [UInt8], byteCount: Int, offset: Int)

    /// - Parameter reader: at the beginning of the file; behind the first entries afterwards.
    public init(_ kind: Kind, _ reader: inout ListedTarReader) throws(SourceFault) {
        self.kind = kind
        let block = try reader.block("`\(kind.listName)`, with which \(Self.article(kind.noun)) begins")
        var headers: [Header]
        (listBytes, headers) = try Self.bytes(kind.listName, kind, block, limit: kind.listLimit, &reader)
        let next = try reader.block("`\(kind.signatureName)` or what the list names")
        if FoundEntry(next).name == kind.signatureName {
            let (bytes, header) = try Self.bytes(kind.signatureName, kind, next, limit: Self.signatureLimit, &reader)
            signature = bytes
            headers += header
        } else {
            reader.putBack(next)
            signature = nil
        }
        self.headers = headers
    }

    private static func article(_ noun: String) -> String { "\("aeiou".contains(noun.prefix(1)) ? "an" : "a") \(noun)" }

    private static func bytes(
        _ name: String, _ kind: Kind, _ block: [UInt8], limit: Int, _ reader: inout ListedTarReader
    ) throws(SourceFault) -> ([UInt8], [Header]) {
        let found = FoundEntry(block), start = reader.offset - TarHeader.blockSize
        guard found.isFile, found.name == name else {
            throw reader.fault(
                "expected `\(name)`, with which \(article(kind.noun)) begins, found \(found.text)", at: start,
                hint: kind.hint)
        }
        guard let byteCount = found.byteCount, byteCount <= limit else {
            throw reader.fault("expected `\(name)` of at most \(limit >> 10) KiB, found more", at: start)
        }
        var bytes: [UInt8] = []
        try reader.content("`\(name)`", byteCount) { bytes += $0 }
        return (bytes, [(name, block, byteCount, start)])
    }

    /// Compares the first headers with those that are written, which is possible once the list said a time.
    ///
    /// - Parameter put: is handed the entries, each after it was looked at.
    public func check(
        madeAt time: Int64, _ reader: ListedTarReader, _ put: ([UInt8]) throws(SourceFault) -> Void = { _ in }
    ) throws(SourceFault) {
        for header in headers {
            let block = TarHeader.block(
                ofFile: Array(header.name.utf8), mode: 0o644, byteCount: header.byteCount, time: Int(time))
            guard block == header.block else {
                throw reader.fault(
                    "expected the header of `\(header.name)` as `\(kind.maker)` writes it, found other bytes",
                    at: header.offset)
            }
            try put(header.block)
            try put(header.name == kind.listName ? listBytes : signature ?? [])
            try put(TarHeader.zeros(after: header.byteCount))
        }
    }
}
