import Model

/// Metrics in Prometheus' text format (its documentation, "Exposition formats"), read by the rules that node_exporter's textfile
/// collector has, and stricter: one bad line there takes away the metrics of all files.
public struct Exposition: Sendable, Hashable {
    public struct Fault: Error, Sendable, Hashable {
        public var line: Int
        public var reason: String
        public var text: String { "line \(line): \(reason)" }
    }

    struct Family: Sendable, Hashable {
        var name: String
        var type = "untyped"
        var help: String?
        var samples: [Sample] = []
        var hasType = false
    }

    struct Sample: Sendable, Hashable {
        var name: String
        var labels: [Label]
        /// As it was written.
        var value: String
    }

    struct Label: Sendable, Hashable {
        var name: String
        var value: String
    }

    private(set) var families: [Family] = []
    private var positions: [String: Int] = [:]
    private var seen: Set<String> = []

    public init() {}

    public var sampleCount: Int { families.reduce(0) { $0 + $1.samples.count } }
    public var names: [String] { families.map(\.name) }

    static let sampleLimit = 2000
    private static let types = ["counter", "gauge", "histogram", "summary", "untyped"]

    /// The beginning that all names of a check's metrics must have.
    public static func prefix(of check: String) -> String {
        String(decoding: check.utf8.map { $0.isASCIIWord ? $0 : UInt8(ascii: "_") }, as: UTF8.self) + "_"
    }

    /// Names that belong to Prometheus' own programs and to Lodestar.
    static let takenPrefixes = ["lodestar_", "node_", "go_", "process_", "promhttp_", "scrape_", "prometheus_"]

    static func isTaken(_ prefix: String) -> Bool { takenPrefixes.contains { prefix.hasPrefix($0) } }

    /// The names of metrics that a file of the collector has, whatever else is in it.
    public static func names(in bytes: [UInt8]) -> Set<String> {
        var names = Set<String>()
        for line in bytes.split(separator: 0x0A) {
            var cursor = ExpositionCursor(line: 0, rest: Substring(decoding: line, as: UTF8.self).utf8)
            cursor.skipBlanks()
            if cursor.take("#") {
                cursor.skipBlanks()
                guard ["HELP", "TYPE"].contains(cursor.word()) else { continue }
                cursor.skipBlanks()
            }
            if let name = try? cursor.name(allowsColon: true) { names.insert(name) }
        }
        return names
    }

    /// - Parameter check: its name: each sample gets it as the label `check`, and each name begins with it.
    public init(parsing bytes: [UInt8], of check: String) throws(Fault) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Fault(line: 1, reason: "expected UTF-8, found other bytes")
        }
        let prefix = Self.prefix(of: check)
        var number = 0
        for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            if line.contains(where: { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F }) {
                throw Fault(line: number, reason: "expected a line of text, found a control character")
            }
            var cursor = ExpositionCursor(line: number, rest: Substring(line).utf8)
            cursor.skipBlanks()
            if cursor.isAtEnd { continue }
            if cursor.take("#") {
                try readComment(&cursor, prefix)
            } else {
                try readSample(&cursor, prefix, check)
            }
        }
        families.removeAll { $0.samples.isEmpty }
    }

    private mutating func readComment(_ cursor: inout ExpositionCursor, _ prefix: String) throws(Fault) {
        cursor.skipBlanks()
        let word = cursor.word()
        guard word == "HELP" || word == "TYPE" else { return }
        cursor.skipBlanks()
        let name = try cursor.name(allowsColon: true)
        try Self.check(name, prefix, cursor)
        let position = family(name)
        cursor.skipBlanks()
        if word == "HELP" {
            if families[position].help != nil { throw cursor.fault("expected one HELP of \(name), found a second") }
            families[position].help = try cursor.help()
            return
        }
        let type = cursor.word()
        cursor.skipBlanks()
        guard cursor.isAtEnd, Self.types.contains(type) else {
            throw cursor.fault("expected a type of metrics, found `\(type.prefix(40))`")
        }
        guard !families[position].hasType, families[position].samples.isEmpty else {
            throw cursor.fault("expected one TYPE of \(name), before its samples")
        }
        families[position].type = type
        families[position].hasType = true
    }

    private mutating func readSample(
        _ cursor: inout ExpositionCursor, _ prefix: String, _ check: String
    ) throws(Fault) {
        let name = try cursor.name(allowsColon: true)
        try Self.check(name, prefix, cursor)
        cursor.skipBlanks()
        var labels = [Label(name: "check", value: check)]
        if cursor.take("{") {
            while true {
                cursor.skipBlanks()
                if cursor.take("}") { break }
                let label = try cursor.name(allowsColon: false)
                if label.hasPrefix("__") || labels.contains(where: { $0.name == label }) {
                    throw cursor.fault("expected each label once and none called `check` or `__…`, found `\(label)`")
                }
                cursor.skipBlanks()
                guard cursor.take("=") else { throw cursor.fault("expected `=` behind the label `\(label)`") }
                cursor.skipBlanks()
                labels.append(Label(name: label, value: try cursor.quoted()))
                cursor.skipBlanks()
                if cursor.take(",") { continue }
                guard cursor.take("}") else { throw cursor.fault("expected `,` or `}` behind a label") }
                break
            }
        }
        // A label without a value is none: two samples that differ in it alone are one.
        labels.removeAll { $0.value.isEmpty }
        cursor.skipBlanks()
        let value = cursor.word()
        guard Self.isNumber(value) else { throw cursor.fault("expected a number, found `\(value.prefix(40))`") }
        cursor.skipBlanks()
        guard cursor.isAtEnd else {
            throw cursor.fault("expected nothing behind the number: the collector refuses times")
        }
        let position = try family(ofSample: name, labels, cursor)
        let key = ([name] + labels.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.value)" }).joined(
            separator: "\u{0}")
        guard seen.insert(key).inserted else { throw cursor.fault("expected each sample once, found \(name) again") }
        guard seen.count <= Self.sampleLimit else { throw cursor.fault("expected at most \(Self.sampleLimit) samples") }
        families[position].samples.append(Sample(name: name, labels: labels, value: value))
    }

    private static func check(_ name: String, _ prefix: String, _ cursor: ExpositionCursor) throws(Fault) {
        guard name.hasPrefix(prefix), name.utf8.count <= 200 else {
            throw cursor.fault("expected a name that begins with `\(prefix)`, found `\(name.prefix(80))`")
        }
    }

    private mutating func family(_ name: String) -> Int {
        if let known = positions[name] { return known }
        positions[name] = families.count
        families.append(Family(name: name))
        return families.count - 1
    }

    /// The family of a sample: samples of histograms and summaries have names of their own.
    private mutating func family(
        ofSample name: String, _ labels: [Label], _ cursor: ExpositionCursor
    ) throws(Fault) -> Int {
        for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
            guard let position = positions[String(name.dropLast(suffix.count))] else { continue }
            let type = families[position].type
            guard type == "histogram" || type == "summary" && suffix != "_bucket" else { continue }
            let own = labels.filter { ["le", "quantile"].contains($0.name) }
            if suffix == "_bucket" {
                guard own.count == 1, own[0].name == "le", Self.isNumber(own[0].value) else {
                    throw cursor.fault("expected the label `le` of a bucket")
                }
            } else if !own.isEmpty {
                throw cursor.fault("expected no label `\(own[0].name)` of \(name)")
            }
            return position
        }
        let position = family(name)
        switch families[position].type {
        case "histogram": throw cursor.fault("expected a sample of the histogram \(name), found none")
        case "summary" where !labels.contains(where: { $0.name == "quantile" && Self.isNumber($0.value) }):
            throw cursor.fault("expected the label `quantile` of a summary")
        default: return position
        }
    }

    private static func isNumber(_ text: String) -> Bool {
        ["+Inf", "-Inf", "NaN"].contains(text) || PerformanceData.number(text) != nil
    }

    /// The metrics in canonical form: nothing of the text that was read but names, numbers and quoted texts.
    public var text: String {
        var lines: [String] = []
        for family in families {
            lines.append("# HELP \(family.name) \(Self.escaped(family.help ?? "Told by a check."))")
            lines.append("# TYPE \(family.name) \(family.type)")
            for sample in family.samples { lines.append(Self.line(sample.name, sample.labels, sample.value)) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    static func line(_ name: String, _ labels: [Label], _ value: String) -> String {
        let labels = labels.map { "\($0.name)=\"\(escaped($0.value).replacing(scalar: "\"", with: "\\\""))\"" }
        return "\(name){\(labels.joined(separator: ","))} \(value)"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing(scalar: "\\", with: "\\\\").replacing(scalar: "\n", with: "\\n")
    }
}

/// One line of an exposition, read from left to right.
struct ExpositionCursor {
    let line: Int
    var rest: Substring.UTF8View

    var isAtEnd: Bool { rest.isEmpty }

    func fault(_ reason: String) -> Exposition.Fault { Exposition.Fault(line: line, reason: reason) }

    mutating func skipBlanks() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 } }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// What stands before the next blank.
    mutating func word() -> String {
        let word = rest.prefix { $0 != 0x20 && $0 != 0x09 }
        rest = rest.dropFirst(word.count)
        return String(word) ?? ""
    }

    mutating func name(allowsColon: Bool) throws(Exposition.Fault) -> String {
        let name = rest.prefix { $0.isASCIIWord || $0 == UInt8(ascii: "_") || allowsColon && $0 == UInt8(ascii: ":") }
        guard let first = name.first, !first.isASCIIDigit else { throw fault("expected a name") }
        rest = rest.dropFirst(name.count)
        return String(name) ?? ""
    }

    /// The value of a label.
    mutating func quoted() throws(Exposition.Fault) -> String {
        guard take("\"") else { throw fault("expected a value in quotes") }
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                guard bytes.count <= 1000 else { throw fault("expected the value of a label of at most 1000 bytes") }
                return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                switch rest.popFirst() {
                case UInt8(ascii: "n"): bytes.append(0x0A)
                case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
                case UInt8(ascii: "\""): bytes.append(UInt8(ascii: "\""))
                default: throw fault("expected `\\\\`, `\\\"` or `\\n` behind a backslash")
                }
            default: bytes.append(byte)
            }
        }
        throw fault("expected the end of a quoted value")
    }

    /// The text of a HELP line.
    mutating func help() throws(Exposition.Fault) -> String {
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
            default: throw fault("expected `\\\\` or `\\n` behind a backslash")
            }
        }
        guard bytes.count <= 1000 else { throw fault("expected a HELP of at most 1000 bytes") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
