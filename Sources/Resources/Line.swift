import SystemFiles
public import Model
import RegularExpressions

/// One line in a file that others own.
public struct Line: Resource, Removable {
    public var name = ""
    public var path = AbsolutePath.root
    public var text = Content("")
    public var match: String?
    public var all: Bool?
    public var insertAfter: String?
    public var insertBefore: String?

    public init() {}

    /// The lines of the file that stand for the declared one.
    public struct Observed: Sendable {
        /// The lines that the edit speaks of; empty: it would insert.
        var texts: [Content]
        var fileExists: Bool
    }

    public static let typeName = "line"
    public static let doc = """
        One line in a text file that others own. With `match`, the last line that matches is replaced; without a match \
        the line is inserted. Line ends and a missing final newline are kept as they are.
        """
    public static let fields: [Field<Line>] = [
        Field(
            "name", always: \.name, .key, doc: "A name for the declaration; the object is the text in the file.",
            examples: ["ip_forward"]),
        Field(
            "path", always: \.path, .parameter, isRequired: true, doc: "The file, which must exist.",
            examples: ["/etc/sysctl.conf"]),
        Field(
            "text", always: \.text, isRequired: true, record: .wholeOrDigest, doc: "The line, without its newline.",
            examples: ["net.ipv4.ip_forward = 1"]),
        Field(
            "match", \.match, .parameter, doc: "Which line it replaces: RE2 syntax, searched, not anchored.",
            examples: ["'^net\\.ipv4\\.ip_forward\\s*='"]),
        Field("all", \.all, .parameter, doc: "Replaces every match instead of the last.", examples: ["true"]),
        Field(
            "insert_after", \.insertAfter, .parameter, doc: "A new line goes after the last match of this.",
            examples: ["'^\\[net\\]'"]),
        Field(
            "insert_before", \.insertBefore, .parameter, doc: "A new line goes before the last match of this.",
            examples: ["'^exit 0'"]),
    ]
    public static let examples = ["greeting: {path: /etc/hosts, text: 192.0.2.7 example, match: '\\sexample$'}"]

    var edit: LineEdit {
        LineEdit(
            text: text, match: match, replacesAll: all == true, insertAfter: insertAfter, insertBefore: insertBefore)
    }

    public var objects: [HostObject] {
        [.line(path, text.isSecret ? "(secret) \(name)" : String(decoding: text.bytes, as: UTF8.self))]
    }
    public var needs: [Need] { [Need(.path(path), "file")] + Need.parent(of: path) }

    public var problems: [Problem] {
        var problems: [Problem] = []
        let line = String(decoding: text.bytes, as: UTF8.self)
        if line.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" || $0 == "\0" }) {
            let hasOnlyLast = line.unicodeScalars.dropLast().allSatisfy { $0 != "\n" && $0 != "\r" && $0 != "\0" }
            let found = hasOnlyLast && line.unicodeScalars.last == "\n" ? "a newline at its end" : "several"
            problems.append(Problem("text", "expected one line, found \(found)"))
        }
        if all == true, match == nil { problems.append(Problem(at: "all", "`all` needs `match`")) }
        if let match {
            do throws(RegularExpressionError) {
                if try !RegularExpression(match).isFound(in: line) {
                    problems.append(
                        Problem(at: "match", "`match` does not match `text`: a second run would insert the line again"))
                }
            } catch {
                problems.append(Problem("match", error))
            }
        }
        return problems + edit.place.problems
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        guard let status = try host.status(of: path) else { return Observed(texts: [], fileExists: false) }
        try status.mustBe(.file, at: path)
        guard let document = try host.document(TextLines.self, at: path) else { return nil }
        if text.isWithheld { return Observed(texts: recorded(in: document), fileExists: true) }
        let positions = try document.positions(of: edit)
        return Observed(texts: positions.map { Content(document.body(at: $0)) }, fileExists: true)
    }

    /// The lines of which the ledger holds the digest.
    private func recorded(in document: TextLines) -> [Content] {
        (0..<document.count).map { Content(document.body(at: $0), isSecret: text.isSecret) }.filter {
            withheldDigest(of: Node($0.rendered, at: .nowhere), in: "text") == text.bytes
        }
    }

    public func isPresent(in observed: Observed) -> Bool { !observed.texts.isEmpty }

    public func changes(from observed: Observed?) -> [Change] {
        let present = (all == true ? observed?.texts : observed?.texts.suffix(1)) ?? []
        if !present.isEmpty, present.allSatisfy({ $0 == text }) { return [] }
        let other = present.first { $0 != text }
        if text.isSecret { return [Change("text", from: other, to: text)] }
        return [Change("text", from: other?.shownLine, to: text.shownLine)]
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard observed?.fileExists == true else { throw Refusal("\(path) does not exist", isMissing: true) }
        return changes(from: observed).isEmpty ? [] : [.editFile(FileEdit(path, edit))]
    }

    /// Only the line itself: what replaced it since may match too.
    public var undeclared: Line {
        var line = self
        line.match = nil
        line.all = nil
        return line
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        var edit = edit
        if text.isWithheld, let present = observed.texts.last { edit.text = present }
        edit.isPresent = false
        return [.editFile(FileEdit(path, edit))]
    }
}

extension Content {
    /// A line that is no text is shown by its size and digest: two such lines can look alike.
    var shownLine: ShownText {
        String(validating: bytes, as: UTF8.self).map { .text($0) } ?? .digest(byteCount: bytes.count, digest)
    }
}
