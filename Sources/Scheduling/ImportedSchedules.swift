import Model

/// What a foreign file of schedules becomes: records, and everything that will be different.
public struct ImportedSchedules: Sendable {
    public struct Job: Sendable {
        public var definition: ScheduleDefinition
        /// The line of the source, from 1.
        public var line: Int
        /// The source's own text, for a comment.
        public var source: String
        /// What is different from what the other tool does, one sentence each.
        public var differences: [String]
    }

    /// Something that could not be taken over.
    public struct Problem: Sendable, Hashable {
        public var line: Int
        public var message: String
    }

    public internal(set) var jobs: [Job] = []
    public internal(set) var problems: [Problem] = []
    /// What is different for every job of the file.
    public internal(set) var generalDifferences: [String] = []

    /// The largest file and the largest number of jobs that are read.
    static let limits = (bytes: 1 << 20, jobs: 10_000)

    /// A name for a job that no other has, from the words of its command.
    mutating func name(from command: String) -> String {
        var words = command.split { " \t;|&<>()'\"".contains($0) }
        while let first = words.first, first.contains("=") || Self.prefixes.contains(String(first)) {
            words.removeFirst(first == "cd" && words.count > 1 ? 2 : 1)
        }
        let last = words.first?.split(separator: "/").last ?? "job"
        var base = String(
            String.UnicodeScalarView(
                last.unicodeScalars.filter { scalar in
                    scalar.isASCII
                        && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                            || "_-.".unicodeScalars.contains(scalar))
                })
        ).prefix(50)
        while let first = base.first, "_-.".contains(first) { base.removeFirst() }
        if base.isEmpty { base = "job" }
        let count = (counts[String(base)] ?? 0) + 1
        counts[String(base)] = count
        return count == 1 ? String(base) : "\(base)-\(count)"
    }

    private var counts: [String: Int] = [:]
    private static let prefixes: Set<String> = [
        "cd", "exec", "env", "nice", "ionice", "sh", "bash", "/bin/sh", "/bin/bash", "/usr/bin/env", "test", "[",
        "sudo",
        "root", "flock", "timeout", "command",
    ]

    /// A manifest that declares the jobs, with the differences as comments.
    public var manifest: String {
        var lines = generalDifferences.map { "# differs: \($0)" }
        lines += problems.map { "# line \($0.line) is left out: \($0.message)" }
        guard !jobs.isEmpty else { return (lines + ["schedule: {}"]).joined(separator: "\n") }
        lines.append("schedule:")
        for job in jobs {
            lines.append("  # line \(job.line): \(Self.oneLine(job.source))")
            lines += job.differences.map { "  # differs: \(Self.oneLine($0))" }
            lines.append("  \(Self.quoted(job.definition.name)):")
            for (name, content) in job.definition.fileProperties where name != "name" {
                lines.append("    \(name): \(Self.flow(content))")
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }).prefix(
                300))
    }

    /// A value in YAML's flow style; texts are quoted as JSON, expressions in them kept literal.
    private static func flow(_ content: Node.Content) -> String {
        switch content {
        case .list(let items): "[" + items.map { flow($0.content) }.joined(separator: ", ") + "]"
        case .map(let entries):
            "{" + entries.map { "\(quoted($0.key)): \(flow($0.value.content))" }.joined(separator: ", ") + "}"
        case .bool, .int: content.datum.json
        default:
            if case .string(let text) = content.datum {
                quoted(text.replacing("${{", with: "$${{"))
            } else {
                content.datum.json
            }
        }
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.first.map { (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) } ?? false
        let isWord = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                || "_-".utf8.contains(byte)
        }
        let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        return isPlain && isWord && !words.contains(text.lowercased()) ? text : Datum.string(text).json
    }
}
