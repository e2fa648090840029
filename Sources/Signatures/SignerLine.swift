import Values

/// One line of allowed signers: `PRINCIPALS [OPTIONS] TYPE BASE64 [COMMENT]`.
struct SignerLine {
    struct Fault: Error {
        var column: Int
        var message: String
        var hint: String?
    }

    private struct Options {
        var isAuthority = false
        var namespaces: String?
        var validAfter: Int64?
        var validBefore: Int64?
    }

    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private func fault(_ message: String, at place: Int? = nil, hint: String? = nil) -> Fault {
        Fault(column: (place ?? self.place) + 1, message: message, hint: hint)
    }

    /// - Returns: nil for an empty line and for a comment.
    mutating func entry(_ line: Int) throws(Fault) -> AllowedSigners.Entry? {
        skipBlanks()
        if place == bytes.count || bytes[place] == UInt8(ascii: "#") { return nil }
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
            throw fault("expected a line of text, found other bytes")
        }
        let principals = try word(isName: true)
        guard !principals.text.isEmpty else {
            throw fault("expected whose key it is, found nothing", at: principals.start)
        }
        skipBlanks()
        let start = place
        var type = try word(isName: false), options = Options()
        if SigningKey.Kind(rawValue: type.text) == nil, Self.otherTypes.contains(type.text) {
            throw fault("expected a key of a type that is taken, found `\(type.text)`", at: start, hint: Self.typeHint)
        }
        if SigningKey.Kind(rawValue: type.text) == nil {
            try read(String(decoding: bytes[start..<place], as: UTF8.self), at: start, into: &options)
            skipBlanks()
            type = try word(isName: false)
        }
        guard let kind = SigningKey.Kind(rawValue: type.text) else {
            let found = type.text.isEmpty ? "the end of the line" : "`\(type.text.printableLine(columns: 60))`"
            throw fault("expected the type of a key, found \(found)", at: type.start, hint: Self.typeHint)
        }
        skipBlanks()
        let key = try word(isName: false)
        guard let found = SigningKey(line: "\(kind.rawValue) \(key.text)") else {
            throw fault("expected a key of the type \(kind.rawValue), found something else", at: key.start)
        }
        return AllowedSigners.Entry(
            line: line, principals: principals.text, key: found, isAuthority: options.isAuthority,
            namespaces: options.namespaces, validAfter: options.validAfter, validBefore: options.validBefore)
    }

    private static let otherTypes: Set<String> = ["ssh-dss"]
    private static let typeHint = "taken are " + SigningKey.Kind.allCases.map(\.rawValue).joined(separator: ", ")

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private mutating func skipBlanks() { while place < bytes.count, Self.isBlank(bytes[place]) { place += 1 } }

    /// What goes on to the next blank that is not between quotes. A name may stand between quotes as a whole.
    private mutating func word(isName: Bool) throws(Fault) -> (text: String, start: Int) {
        let start = place
        if isName, place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
            guard let end = bytes[(place + 1)...].firstIndex(of: UInt8(ascii: "\"")) else {
                throw fault("expected `\"` at the end of the name, found none")
            }
            place = end + 1
            guard place < bytes.count, Self.isBlank(bytes[place]) else {
                throw fault("expected a blank behind the name, found something else")
            }
            return (String(decoding: bytes[(start + 1)..<end], as: UTF8.self), start)
        }
        var isQuoted = false
        while place < bytes.count, isQuoted || !Self.isBlank(bytes[place]) {
            if bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "\"") {
                place += 1
            } else if bytes[place] == UInt8(ascii: "\"") {
                if isName { throw fault("expected a name without `\"` in it, found one") }
                isQuoted.toggle()
            }
            place += 1
        }
        if isQuoted { throw fault("expected `\"` at the end of the option, found none", at: start) }
        return (String(decoding: bytes[start..<place], as: UTF8.self), start)
    }

    // MARK: Options

    private func read(_ text: String, at start: Int, into options: inout Options) throws(Fault) {
        var rest = text.utf8[...]
        while true {
            let column = start + text.utf8.distance(from: text.startIndex, to: rest.startIndex)
            let name = Self.text(rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ",") })
            rest = rest.dropFirst(name.utf8.count)
            var value: String?
            if rest.first == UInt8(ascii: "=") {
                value = try quoted(rest.dropFirst(), at: column)
                rest = rest.dropFirst(3 + (value?.utf8.count ?? 0))
            }
            try set(name, value, at: column, in: &options)
            guard let byte = rest.first else { break }
            guard byte == UInt8(ascii: ",") else { throw fault("expected `,` between options, found none", at: column) }
            rest = rest.dropFirst()
        }
        if let after = options.validAfter, let before = options.validBefore, before <= after {
            throw fault("expected `valid-before` behind `valid-after`, found it before", at: start)
        }
    }

    private static func text(_ bytes: Substring.UTF8View) -> String { String(decoding: bytes, as: UTF8.self) }

    private func quoted(_ rest: Substring.UTF8View, at column: Int) throws(Fault) -> String {
        guard rest.first == UInt8(ascii: "\""), let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "\"")) else {
            throw fault("expected a value between `\"`, found none", at: column)
        }
        let value = Self.text(rest.dropFirst().prefix(upTo: end))
        if value.utf8.contains(UInt8(ascii: "\\")) {
            throw fault("expected a value without `\\`, found one", at: column)
        }
        return value
    }

    private func set(
        _ name: String, _ value: String?, at column: Int, in options: inout Options
    ) throws(Fault) {
        let names = ["cert-authority", "namespaces", "valid-after", "valid-before"], word = name.lowercased()
        guard names.contains(word) else {
            let found = name.isEmpty ? "nothing" : "`\(name.printableLine(columns: 60))`"
            throw fault(
                "expected an option or the type of a key, found \(found)", at: column,
                hint: Spelling.hint(for: word, among: names + SigningKey.Kind.allCases.map(\.rawValue)))
        }
        if word == "cert-authority" {
            if value != nil { throw fault("expected `cert-authority` without a value, found one", at: column) }
            options.isAuthority = true
            return
        }
        guard let value else { throw fault("expected `\(word)=\"...\"`, found no value", at: column) }
        let isTwice = [options.namespaces == nil, options.validAfter == nil, options.validBefore == nil]
        guard isTwice[(names.firstIndex(of: word) ?? 1) - 1] else {
            throw fault("expected `\(word)` once, found it twice", at: column)
        }
        if word == "namespaces" {
            options.namespaces = value
            return
        }
        guard let time = SignerTime(value) else {
            throw fault(
                "expected a time such as 20270131Z or 20270131120000Z, found `\(value.printableLine(columns: 60))`",
                at: column)
        }
        if word == "valid-after" { options.validAfter = time.latest } else { options.validBefore = time.earliest }
    }
}

/// `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`, with `Z` for UTC. One without is a time of some zone: of which one is not
/// said, and the file means the same on all hosts, so it counts where it has come in all zones and has not passed in any.
struct SignerTime {
    let earliest: Int64
    let latest: Int64

    init?(_ text: String) {
        let isUTC = text.hasSuffix("Z") || text.hasSuffix("z"),
            digits = Array((isUTC ? text.dropLast() : text[...]).utf8)
        guard [8, 12, 14].contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        func number(_ range: Range<Int>) -> Int {
            range.upperBound <= digits.count ? digits[range].reduce(0) { $0 * 10 + Int($1 - 0x30) } : 0
        }
        let (year, month, day) = (number(0..<4), number(4..<6), number(6..<8))
        guard year >= 1970, (1...12).contains(month), (1...CivilDate.length(ofMonth: month, year: year)).contains(day),
            number(8..<10) < 24, number(10..<12) < 60, number(12..<14) < 60
        else { return nil }
        let second = number(8..<10) * 3600 + number(10..<12) * 60 + number(12..<14)
        let time = Int64(CivilDate.days(year: year, month: month, day: day) * 86400 + second)
        // From UTC+14 to UTC-12 (tz database, Pacific/Kiritimati and Etc/GMT+12).
        (earliest, latest) = isUTC ? (time, time) : (time - 14 * 3600, time + 12 * 3600)
    }
}
