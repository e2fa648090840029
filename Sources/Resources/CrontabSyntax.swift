import SystemFiles
import Model

/// The rules of crontab(5) for one entry.
enum CrontabSyntax {
    static let specials = ["reboot", "yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly"]
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    static func problems(of entry: CrontabEntry) -> [Problem] {
        var problems: [Problem] = []
        let fields = [
            ("minute", entry.minute, 0...59, []), ("hour", entry.hour, 0...23, []), ("day", entry.day, 1...31, []),
            ("month", entry.month, 1...12, months), ("weekday", entry.weekday, 0...7, weekdays),
        ]
        for (name, text, range, names) in fields where !isField(text, range, names) {
            problems.append(
                Problem(
                    name, "expected \(range.lowerBound)-\(range.upperBound), lists, ranges or steps, found `\(text)`"))
        }
        if let special = entry.special {
            if !specials.contains(String(special.drop { $0 == "@" })) {
                problems.append(
                    Problem("special", "expected one of \(specials.joined(separator: ", ")), found `\(special)`"))
            }
            if fields.contains(where: { $0.1 != "*" }) {
                problems.append(Problem(at: "special", "`special` excludes minute, hour, day, month and weekday"))
            }
        } else if entry.hour != "*", entry.minute == "*" {
            problems.append(
                Problem(at: "hour", "`hour` needs `minute`: the command would run every minute of that hour"))
        }
        if entry.command.isEmpty || entry.command.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\0" }) {
            problems.append(Problem("command", "expected one line"))
        }
        if entry.name.isEmpty || entry.name.hasLineBreak { problems.append(Problem("name", "expected one line")) }
        if entry.record.line.utf8.count > 998 {
            problems.append(Problem(at: "command", "the entry has more than 998 characters, which cron refuses"))
        }
        if let file = entry.file, !isFile(file) {
            problems.append(
                Problem(
                    "file",
                    "expected a file directly below /etc/cron.d whose name has letters, digits, `_` and `-` only"))
        }
        for pair in entry.environment?.pairs ?? [] where !pair.name.isVariableName || pair.value.hasLineBreak {
            problems.append(Problem("environment", "expected a variable of one line, found `\(pair.name)`"))
        }
        for pair in entry.environment?.pairs ?? [] where isCrons(pair.name) {
            if entry.file == nil {
                problems.append(
                    Problem(
                        at: "environment",
                        "cron reads \(pair.name) from a line of the table, where it would hold for other entries too: "
                            + "give this one a `file` of its own"))
            } else if pair.value.has("\""), pair.value.has("'") {
                problems.append(Problem("environment", "expected one kind of quotes in \(pair.name), found both"))
            }
        }
        return problems
    }

    /// Whether cron itself reads a variable: in front of a command it would have no effect (crontab(5) of Debian, cronie).
    static func isCrons(_ name: String) -> Bool {
        [
            "MAILTO", "MAILFROM", "SHELL", "CRON_TZ", "RANDOM_DELAY", "CONTENT_TYPE", "CONTENT_TRANSFER_ENCODING",
            "NO_MAIL_OUTPUT",
        ].contains(name)
    }

    /// A value as cron reads it: what would be trimmed or taken for a quote stands in quotes.
    static func quoted(_ value: String) -> String {
        let ends = [value.utf8.first, value.utf8.last]
        let isPlain =
            !value.isEmpty
            && ends.allSatisfy { [0x20, 0x09, UInt8(ascii: "\""), UInt8(ascii: "'")].contains($0 ?? 0) == false }
        if isPlain { return value }
        return value.has("\"") ? "'\(value)'" : "\"\(value)\""
    }

    private static func isFile(_ path: AbsolutePath) -> Bool {
        path.parent?.text == "/etc/cron.d" && path.name.isASCIIWord(or: "-_")
    }

    /// `*`, numbers, names, ranges and steps, in a list.
    private static func isField(_ text: String, _ range: ClosedRange<Int>, _ names: [String]) -> Bool {
        func value(_ word: Substring) -> Int? {
            if let index = names.firstIndex(of: word.lowercased()) { return index + range.lowerBound }
            guard let number = Int(word), !word.hasPrefix("+"), range.contains(number) else { return nil }
            return number
        }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        return !parts.isEmpty
            && parts.allSatisfy { part in
                let step = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
                guard let span = step.first else { return false }
                if step.count == 2 {
                    guard let size = Int(step[1]), size >= 1, size <= range.upperBound else { return false }
                    guard span == "*" || span.contains("-") else { return false }
                }
                if span == "*" { return true }
                let ends = span.split(separator: "-", omittingEmptySubsequences: false).map(value)
                guard (1...2).contains(ends.count), let first = ends.first ?? nil, let last = ends.last ?? nil else {
                    return false
                }
                return first <= last
            }
    }

    /// The properties in which a line of the table differs from the record.
    static func changes(from line: String, to record: CrontabRecord) -> [Change] {
        let old = parts(of: line, hasUser: record.user != nil),
            new = parts(of: record.line, hasUser: record.user != nil)
        return zip(old, new).compactMap { left, right in
            left.text == right.text ? nil : Change(left.name, from: .text(left.text), to: .text(right.text))
        }
    }

    private static func parts(of line: String, hasUser: Bool) -> [(name: String, text: String)] {
        let isSpecial = line.hasPrefix("@")
        let names =
            (isSpecial ? ["schedule"] : ["minute", "hour", "day", "month", "weekday"]) + (hasUser ? ["user"] : [])
        let words = line.split(separator: " ", maxSplits: names.count)
        let command = ("command", words.count > names.count ? String(words[names.count]) : "")
        var parts = zip(names, words).map { ($0, String($1)) }
        if !isSpecial, parts.count >= 5 {
            parts = [("schedule", parts[..<5].map(\.1).joined(separator: " "))] + parts[5...]
        }
        return parts.map { (name: $0.0, text: $0.1) } + [(name: command.0, text: command.1)]
    }
}
