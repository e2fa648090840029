public import Model
public import Values

/// One object of JSON that a signed file has: each key once, no others, each value of its form.
public struct StrictObject {
    /// What a message names: the entry or file, and the command that makes one.
    public struct Origin: Sendable {
        var file: String, maker: String

        public init(_ file: String, madeBy maker: String) { (self.file, self.maker) = (file, maker) }

        public func fault(_ reason: String) -> SourceFault {
            SourceFault(.refused, "\(file): \(reason)", hint: "`\(maker)` makes it anew")
        }
    }

    private let datum: Datum
    private let place: String
    private let origin: Origin

    /// Reads a whole file, which says its `format`.
    public init(
        parsing bytes: [UInt8], of origin: Origin, _ place: String, format: Int, required: [String], more: [String]
    ) throws(SourceFault) {
        let datum: Datum
        do throws(JSONFault) { datum = try Datum(json: bytes, depth: 4) } catch { throw origin.fault(error.text) }
        try self.init(datum, of: origin, place, required: ["format"] + required, more: more)
        guard datum["format"] == .int(Int64(format)) else {
            throw origin.fault("expected `format` \(format), found \(datum["format"]?.compactJSON ?? "none")")
        }
    }

    public init(
        _ datum: Datum, of origin: Origin, _ place: String, required: [String], more: [String] = []
    ) throws(SourceFault) {
        (self.datum, self.place, self.origin) = (datum, place, origin)
        guard case .map(let members) = datum else { throw fault("expected an object, found something else") }
        let keys = members.map(\.key)
        if let key = keys.first(where: { !required.contains($0) && !more.contains($0) }) {
            throw fault(
                "expected \(required.joined(separator: ", ")), found the key `\(key.printableLine(columns: 40))`")
        }
        if let key = required.first(where: { !keys.contains($0) }) { throw fault("expected `\(key)`, found none") }
    }

    public func fault(_ reason: String) -> SourceFault { origin.fault("\(place): \(reason)") }

    public func has(_ key: String) -> Bool { datum[key] != nil }

    /// A text of one line.
    ///
    /// - Parameter limit: the most bytes.
    public func text(_ key: String, limit: Int = .max) throws(SourceFault) -> String {
        let text = try value(key, "a text of one line without NUL") {
            $0.hasLineBreak || $0.utf8.contains(0) ? nil : $0
        }
        if text.utf8.count <= limit { return text }
        throw fault("expected `\(key)` of at most \(limit) bytes, found \(text.utf8.count)")
    }

    /// What a text says.
    public func value<Value>(
        _ key: String, _ expected: String, _ read: (String) -> Value?
    ) throws(SourceFault) -> Value {
        if case .string(let text)? = datum[key], let value = read(text) { return value }
        throw other(key, "as \(expected)")
    }

    /// A number that is not negative.
    public func number(_ key: String) throws(SourceFault) -> Int {
        if case .int(let count)? = datum[key], count >= 0, let number = Int(exactly: count) { return number }
        throw other(key, "as a number")
    }

    public func digest(_ key: String) throws(SourceFault) -> Digest {
        try value(key, "64 hexadecimal digits in lower case") {
            let digest = Digest(hexadecimal: $0)
            return digest?.hexadecimal == $0 ? digest : nil
        }
    }

    public func list(_ key: String) throws(SourceFault) -> [Datum] {
        if case .list(let items)? = datum[key] { return items }
        throw other(key, "as a list")
    }

    /// A list of texts.
    public func texts(_ key: String) throws(SourceFault) -> [String] {
        var texts: [String] = []
        for item in try list(key) {
            guard case .string(let text) = item else { throw other(key, "as a list of texts") }
            texts.append(text)
        }
        return texts
    }

    /// `created`, in seconds since 1970, and `expires`, which comes later and may be left out.
    public func lifetime() throws(SourceFault) -> Lifetime {
        let created = try value("created", "a time such as 2026-11-27T21:45:40Z", Self.time)
        guard has("expires") else { return Lifetime(created: created, expires: nil) }
        let expires = try value("expires", "a time such as 2026-12-27T21:45:40Z", Self.time)
        if expires <= created { throw origin.fault("expected `expires` after `created`, found it before") }
        return Lifetime(created: created, expires: expires)
    }

    /// The first time, in seconds since 1970, that no signed file can have: tar has no digits for it.
    public static let endOfTime: Int64 = 1 << 33

    /// A time in UTC as it is written; nil for any other text.
    private static func time(_ text: String) -> Int64? {
        guard let time = Timestamp(text), time.text == text, time.seconds >= 0, time.nanoseconds == 0,
            time.seconds < endOfTime
        else { return nil }
        return time.seconds
    }

    private func other(_ key: String, _ expected: String) -> SourceFault {
        fault("expected `\(key)` \(expected), found \((datum[key]?.compactJSON ?? "none").printableLine(columns: 80))")
    }
}
