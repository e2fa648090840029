import Model

/// The records that a foreign file of schedules becomes, and everything that will be different.
public struct ImportedSchedules: Sendable {
    public struct Job: Sendable {
        public var definition: ScheduleDefinition
        /// The file, where there are several.
        public var file: String?
        /// The line of the source, from 1.
        public var line: Int
        /// The source's own text, for a comment.
        public var source: String
        /// The differences from the other tool, one sentence each.
        public var differences: [String]
        /// Whether the time zone is one that the source, or its host, names.
        var hasZone = false
    }

    /// Something that could not be taken over.
    public struct Problem: Sendable, Hashable {
        /// The file, where there are several.
        public var file: String?
        /// From 1; 0 for the whole file.
        public var line: Int
        public var message: String
    }

    public internal(set) var jobs: [Job] = []
    public internal(set) var problems: [Problem] = []
    /// The differences that hold for every job of the file.
    public internal(set) var generalDifferences: [String] = []

    /// The largest file and the largest number of jobs that are read.
    static let limits = (bytes: 1 << 20, jobs: 10_000)

    /// A name for a job that no other has, from the words of its command.
    mutating func name(from command: String) -> String { distinct(JobName.base(of: command)) }

    /// A name that no other job has.
    private mutating func distinct(_ base: String) -> String {
        var count = (counts[base] ?? 0) + 1
        while count > 1, taken.contains("\(base)-\(count)") { count += 1 }
        counts[base] = count
        let name = count == 1 ? base : "\(base)-\(count)"
        if count == 1, taken.contains(name) { return distinct(base) }
        taken.insert(name)
        return name
    }

    private var counts: [String: Int] = [:]
    private var taken: Set<String> = []

    /// Adds what another file has become.
    public mutating func append(_ other: ImportedSchedules, from file: String) {
        for difference in other.generalDifferences where !generalDifferences.contains(difference) {
            generalDifferences.append(difference)
        }
        for var job in other.jobs {
            job.file = job.file ?? file
            job.definition.name = distinct(job.definition.name)
            jobs.append(job)
        }
        for var problem in other.problems {
            problem.file = problem.file ?? file
            problems.append(problem)
        }
    }

    public init() {}

    /// A script that run-parts(8) runs as root.
    public init(script path: String, expression text: String, zone: String, differences: [String] = []) {
        self.init()
        guard let expression = try? ScheduleExpression(cron: text) else {
            problems = [Problem(line: 0, message: "expected times, found `\(text)`")]
            return
        }
        var definition = ScheduleDefinition(name: name(from: path), expression)
        definition.argv = [path]
        definition.timezone = zone
        definition.catchUp = .skip
        definition.spread = .off
        jobs = [Job(definition: definition, line: 1, source: path, differences: differences, hasZone: true)]
    }

    /// Adds what is different for all jobs.
    public mutating func note(_ difference: String) { generalDifferences.append(difference) }

    /// A file that is not imported, and why.
    public init(refused reason: String) {
        problems = [Problem(line: 0, message: reason)]
    }

    /// A manifest that declares the jobs, with the differences as comments.
    public var manifest: String {
        var lines = generalDifferences.map { "# differs: \($0)" }
        lines += problems.map { problem in
            let place = [problem.file ?? "", problem.line > 0 ? "line \(problem.line)" : ""].filter { !$0.isEmpty }
            return Self.oneLine(
                "# \(place.isEmpty ? "it" : place.joined(separator: ", ")) is left out: \(problem.message)")
        }
        guard !jobs.isEmpty else { return (lines + ["schedule: {}"]).joined(separator: "\n") }
        lines.append("schedule:")
        for job in jobs {
            let place = (job.file.map { "\($0), " } ?? "") + "line \(job.line)"
            lines.append("  # \(Self.oneLine("\(place): \(job.source)"))")
            lines += job.differences.map { "  # differs: \(Self.oneLine($0))" }
            lines.append("  \(ManifestText.word(job.definition.name)):")
            for (name, content) in job.definition.fileProperties where name != "name" {
                lines.append("    \(name): \(ManifestText.flow(content))")
                // The default is written too: here it is what the other tool's host has.
                if name == "cron", job.hasZone, job.definition.timezone == "UTC" { lines.append("    timezone: UTC") }
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }).prefix(
                300))
    }
}
