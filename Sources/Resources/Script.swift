public import Model

/// A script that people and other programs of the host use: a file, with what `lodestar script` knows about it.
public struct Script: Expandable {
    public var name = PlainName.none
    public var content: FileContent?
    public var source: String?
    public var template: String?
    public var path: AbsolutePath?
    public var interpreter: Interpreter?
    public var owner: Owner?
    public var group: Owner?
    public var mode: FileMode?
    public var version: String?
    public var about: String?
    public var timeout: Duration?
    public var runAs: Owner?

    public init() {}

    public static let typeName = "script"
    public static let doc = """
        A script of the host, checked by its interpreter before it is active. `lodestar script list` shows it, \
        `lodestar script run NAME` runs it with its limits and remembers who called it.
        """
    public static let fields: [Field<Script>] = [
        Field(
            "name", always: \.name, .key,
            doc: "Letters, digits, `_`, `-` and `.`, beginning with a letter or digit, at most 64.",
            examples: ["backup"]),
        Field(
            "content", \.content, record: .digest, doc: "The whole script.",
            examples: ["\"#!/bin/sh\\ndf -h /srv\\n\""]),
        Field(
            "source", \.source, .parameter, payload: .file(of: "content"),
            doc: "A file below `files/` whose bytes are the script.", examples: ["scripts/backup.sh"]),
        Field(
            "template", \.template, .parameter, payload: .template(of: "content"),
            doc: "A file below `files/` whose text, with its expressions evaluated, is the script.",
            examples: ["scripts/backup.sh"]),
        Field(
            "path", \.path, doc: "Where it is; `/usr/local/bin/NAME` by default.", examples: ["/usr/local/sbin/backup"]),
        Field(
            "interpreter", \.interpreter, .parameter,
            doc: """
                What stands after `#!` in the first line, by default that of the script itself. A script without such a \
                line gets one; another interpreter there is an error.
                """, examples: ["/usr/bin/python3", "/usr/bin/env bash"]),
        Field("owner", \.owner, doc: "The owner; root by default.", examples: ["root"]),
        Field("group", \.group, doc: "The group; root by default.", examples: ["adm"]),
        Field(
            "mode", \.mode, doc: "The mode; 0755 by default, 0700 where the content is a secret.",
            examples: ["\"0750\""]),
        Field("version", \.version, .parameter, doc: "What `script list` shows as its version.", examples: ["\"1.4\""]),
        Field(
            "doc", \.about, .parameter, doc: "What it does, in one line, for `script list`.",
            examples: ["Copies /srv to the backup host."]),
        Field(
            "timeout", \.timeout, .parameter, doc: "When `script run` ends it; 5m by default.", examples: ["1h"]),
        Field(
            "run_as", \.runAs, .parameter, doc: "Whose rights it has in `script run`; root's by default.",
            examples: ["backup"]),
    ]
    public static let examples = [
        "disk-report: {content: \"#!/bin/sh\\ndf -h /srv\\n\", path: /srv/disk-report, version: \"1.4\", doc: How full the disks are.}"
    ]

    public var place: AbsolutePath { path ?? Self.folder.appending(name.text) }
    private static let folder = AbsolutePath.root.appending("usr/local/bin")
    public static let standardTimeout = Duration.seconds(300)
    static let greatestByteCount = 1 << 20

    public var problems: [Problem] {
        var problems: [Problem] = []
        for (property, text) in [("version", version), ("doc", about)] {
            if let text, text.isEmpty || text.utf8.count > 200 || text != text.printable {
                problems.append(Problem(property, "expected one line of 1 to 200 printable bytes"))
            }
        }
        if let timeout, !(.seconds(1)...Duration.seconds(7 * 86400)).contains(timeout) {
            problems.append(Problem("timeout", "expected 1s to 7d, found \(timeout.text)"))
        }
        switch head {
        case .fault(let text): problems.append(Problem(at: "content", text))
        case .missing where interpreter == nil:
            problems.append(
                Problem(at: "content", "expected `#!` and an interpreter in the first line, or `interpreter`"))
        case .line(let found) where interpreter != nil && interpreter != found:
            problems.append(
                Problem("interpreter", "expected that of the first line, `\(found.text)`, or none"))
        case .missing, .line: break
        }
        return problems
    }

    public var parts: [any Resource] {
        var file = File()
        file.path = place
        file.content = completeContent
        file.interpreter = foundInterpreter
        file.owner = owner ?? .name(.root)
        file.group = group ?? .name(.root)
        file.mode = mode ?? FileMode(Permissions(content?.isSecret == true ? 0o700 : 0o755))
        return [file]
    }

    private var foundInterpreter: Interpreter? {
        if case .line(let interpreter) = head { interpreter } else { interpreter }
    }

    /// The script with its first line.
    private var completeContent: FileContent? {
        guard case .missing = head, let interpreter, let content, let bytes = try? content.bytes else { return content }
        return .whole(Content(Array("#!\(interpreter.text)\n".utf8) + bytes, isSecret: content.isSecret))
    }

    /// What the first line of the script says.
    private enum Head {
        case line(Interpreter)
        case missing
        case fault(String)
    }

    private var head: Head {
        guard let content else { return .fault("expected one of content, source and template, found none") }
        guard content.byteCount <= Self.greatestByteCount, let bytes = try? content.bytes else {
            return .fault("expected a script of at most 1 MiB, found \(content.byteCount) bytes")
        }
        if bytes.contains(0) { return .fault("expected a text, found a NUL byte") }
        guard bytes.starts(with: "#!".utf8) else { return .missing }
        let line = bytes.prefix { $0 != 0x0A }
        if line.last == 0x0D {
            return .fault("expected the line ends of Unix, found a carriage return at the end of the first line")
        }
        let words = line.dropFirst(2).split { $0 == 0x20 || $0 == 0x09 }.map { String(decoding: $0, as: UTF8.self) }
        guard let interpreter = Interpreter(words.joined(separator: " ")) else {
            return .fault("expected the absolute path of an interpreter after `#!` in the first line")
        }
        return .line(interpreter)
    }
}
