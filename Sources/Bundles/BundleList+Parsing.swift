public import Model
import Values

extension BundleList {
    /// Reads the first entry of a bundle strictly: each key once, no others, and files that a site may have.
    public init(parsing bytes: [UInt8]) throws(SourceFault) {
        let datum: Datum
        do throws(JSONFault) { datum = try Datum(json: bytes, depth: 4) } catch { throw Self.fault(error.text) }
        let reader = try ListReader(
            datum, "the list", required: ["format", "site", "commit", "subject", "created", "files"], more: ["expires"])
        guard datum["format"] == .int(Int64(Self.format)) else {
            throw Self.fault("expected `format` \(Self.format), found \(datum["format"]?.compactJSON ?? "none")")
        }
        (site, subject) = (try reader.shortText("site"), try reader.shortText("subject"))
        commit = try reader.value("commit", GitCommitName.expectation) { GitCommitName($0)?.text }
        created = try reader.value("created", "a time such as 2026-11-27T21:45:40Z", Self.time)
        expires =
            datum["expires"] == nil
            ? nil : try reader.value("expires", "a time such as 2026-12-27T21:45:40Z", Self.time)
        if let expires, expires <= created { throw Self.fault("expected `expires` after `created`, found it before") }
        guard case .list(let items)? = datum["files"] else { throw Self.fault("expected `files` as a list") }
        files = []
        for (index, item) in items.enumerated() { files.append(try File(item, index)) }
        do throws(SourceFault) { try BundleLimits.check(files) } catch { throw Self.fault(error.reason) }
    }

    /// A time in UTC as `bytes` has it; nil for any other text.
    private static func time(_ text: String) -> Int64? {
        guard let time = Timestamp(text), time.text == text, time.seconds >= 0, time.nanoseconds == 0,
            time.seconds < BundleList.endOfTime
        else { return nil }
        return time.seconds
    }

    /// The first time, in seconds since 1970, that a bundle cannot have.
    public static let endOfTime: Int64 = 1 << 33

    fileprivate static func fault(_ reason: String) -> SourceFault {
        SourceFault(.refused, "\(name): \(reason)", hint: "`lodestar bundle` makes a bundle anew")
    }
}

extension BundleList.File {
    fileprivate init(_ datum: Datum, _ index: Int) throws(SourceFault) {
        let keys = ["path", "mode", "bytes", "sha256"]
        let reader = try ListReader(datum, "`files`, item \(index + 1)", required: keys, more: [])
        path = try reader.text("path")
        isExecutable = try reader.value("mode", "100644 or 100755") {
            $0 == Self.executable ? true : $0 == Self.plain ? false : nil
        }
        guard case .int(let count)? = datum["bytes"], count >= 0, let byteCount = Int(exactly: count) else {
            throw reader.fault("expected `bytes` as a number, found \(datum["bytes"]?.compactJSON ?? "none")")
        }
        self.byteCount = byteCount
        sha256 = try reader.value("sha256", "64 hexadecimal digits in lower case") {
            let digest = Digest(hexadecimal: $0)
            return digest?.hexadecimal == $0 ? digest : nil
        }
    }
}

/// One object of the list.
private struct ListReader {
    let datum: Datum
    let place: String

    init(_ datum: Datum, _ place: String, required: [String], more: [String]) throws(SourceFault) {
        (self.datum, self.place) = (datum, place)
        guard case .map(let members) = datum else { throw fault("expected an object, found something else") }
        let keys = members.map(\.key)
        if let key = keys.first(where: { !required.contains($0) && !more.contains($0) }) {
            throw fault(
                "expected \(required.joined(separator: ", ")), found the key `\(key.printableLine(columns: 40))`")
        }
        if let key = required.first(where: { !keys.contains($0) }) { throw fault("expected `\(key)`, found none") }
    }

    func fault(_ reason: String) -> SourceFault { BundleList.fault("\(place): \(reason)") }

    /// A text of one line.
    func text(_ key: String) throws(SourceFault) -> String {
        try value(key, "a text of one line without NUL") { $0.hasLineBreak || $0.utf8.contains(0) ? nil : $0 }
    }

    /// A text of one line that is told to people.
    func shortText(_ key: String) throws(SourceFault) -> String {
        let text = try text(key), limit = BundleLimits.textSize
        if text.utf8.count <= limit { return text }
        throw fault("expected `\(key)` of at most \(limit) bytes, found \(text.utf8.count)")
    }

    func value<Value>(_ key: String, _ expected: String, _ read: (String) -> Value?) throws(SourceFault) -> Value {
        if case .string(let text)? = datum[key], let value = read(text) { return value }
        throw fault(
            "expected `\(key)` as \(expected), found \((datum[key]?.compactJSON ?? "none").printableLine(columns: 80))")
    }
}
