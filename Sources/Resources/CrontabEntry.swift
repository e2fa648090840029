import SystemFiles
public import Model

/// One entry of the system's own cron.
public struct CrontabEntry: Resource, Removable {
    public var name = ""
    public var user = AccountName.root
    public var command = ""
    public var minute = "*"
    public var hour = "*"
    public var day = "*"
    public var month = "*"
    public var weekday = "*"
    public var special: String?
    public var environment: TextMap?
    public var file: AbsolutePath?

    public init() {}

    public static let typeName = "crontab_entry"
    public static let doc = """
        One entry of the system's own cron, marked by a comment line above it. It is a whole record: an omitted field \
        has its default, and a removed one is reset.
        """
    public static let fields: [Field<CrontabEntry>] = [
        Field(
            "name", always: \.name, .key, doc: "The entry's identity: a changed command replaces the old one.",
            examples: ["rotate"]),
        Field(
            "user", always: \.user, .parameter, doc: "Whose table it is in, or who runs it (with `file`).",
            examples: ["root"]),
        Field(
            "command", always: \.command, isRequired: true,
            doc: "The command line; `%` is escaped unless written `\\%`.", examples: ["/opt/ops/rotate --quiet"]),
        Field("minute", always: \.minute, doc: "0-59; mandatory with `hour`.", examples: ["\"*/5\"", "0"]),
        Field("hour", always: \.hour, doc: "0-23.", examples: ["2"]),
        Field("day", always: \.day, doc: "Day of the month, 1-31.", examples: ["1,15"]),
        Field("month", always: \.month, doc: "1-12 or jan-dec.", examples: ["jan-jun"]),
        Field("weekday", always: \.weekday, doc: "0-7 or sun-sat.", examples: ["mon-fri"]),
        Field(
            "special", \.special, doc: "`daily`, `@reboot` and so on, instead of the five fields.", examples: ["daily"]),
        Field(
            "environment", \.environment,
            doc: """
                Variables for this entry only, written before its command. Those that cron itself reads (MAILTO, SHELL, \
                CRON_TZ and so on) are lines of the table and hold for all below them: they need a `file` of this entry's own.
                """,
            examples: ["{LANG: C.UTF-8}", "{MAILTO: ops@example.org}"]),
        Field(
            "file", \.file, .parameter, doc: "A file below /etc/cron.d instead of the user's own table.",
            examples: ["/etc/cron.d/ops"]),
    ]
    public static let examples = [
        "rotate: {user: root, minute: 30, hour: 2, command: /opt/ops/rotate}",
        "clean: {special: daily, command: /opt/ops/clean, file: /etc/cron.d/lodestar-law, environment: {LANG: C.UTF-8}}",
        """
        report: {minute: 5, command: /opt/ops/report, file: /etc/cron.d/lodestar-report, \
        environment: {MAILTO: ops@example.org, LANG: C.UTF-8}}
        """,
    ]

    var table: AbsolutePath { file ?? Self.spool.appending(user.text) }
    private static let spool = AbsolutePath.root.appending("var/spool/cron/crontabs")

    var record: CrontabRecord {
        let schedule =
            special.map { "@" + $0.drop { $0 == "@" } } ?? [minute, hour, day, month, weekday].joined(separator: " ")
        let variables = (environment?.pairs ?? []).filter { !CrontabSyntax.isCrons($0.name) }.map {
            "\($0.name)=\($0.value.shellWord)"
        }
        let line = (variables.isEmpty ? "" : "env " + variables.joined(separator: " ") + " ") + command
        return CrontabRecord(
            name: name, schedule: schedule, user: file == nil ? nil : user.text, command: Self.escaped(line),
            variables: cronVariables.map { "\($0.name)=\(CrontabSyntax.quoted($0.value))" })
    }

    /// The variables that cron itself reads, from lines of the table.
    private var cronVariables: [TextMap.Pair] {
        (environment?.pairs ?? []).filter { CrontabSyntax.isCrons($0.name) }
    }

    /// With variables for cron, the file is this entry's alone.
    public var objects: [HostObject] {
        [.part("crontab", of: table, name)] + (cronVariables.isEmpty ? [] : [.content(table)])
    }
    public var needs: [Need] {
        [Need(.user(user), "user"), Need(.path(table), "table")] + Need.parent(of: table)
            + [Need(.package("cron"), "package cron")]
    }

    public var problems: [Problem] { CrontabSyntax.problems(of: self) }

    /// The observed table, as far as the entry asks.
    public struct Observed: Sendable {
        var line: String?
        var variables: [String] = []
        /// How often the entry stands there.
        var count = 0
        var hasTable: Bool
        /// Whether there are lines of others in it.
        var hasOthers = false
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        if let status = try host.status(of: table) { try status.mustBe(.file, at: table) }
        guard let document = try host.document(Crontab.self, at: table) else {
            return Observed(line: nil, hasTable: false)
        }
        return Observed(
            line: document.line(named: name), variables: document.variables(named: name),
            count: document.count(named: name), hasTable: true, hasOthers: document.hasOthers(than: name))
    }

    public func isPresent(in observed: Observed) -> Bool { observed.line != nil }

    public func changes(from observed: Observed?) -> [Change] {
        guard let line = observed?.line else {
            return Self.propertyChanges(from: nil, to: self).filter { $0.new != .text("*") }
        }
        var changes = line.utf8.elementsEqual(record.line.utf8) ? [] : CrontabSyntax.changes(from: line, to: record)
        if let observed, observed.variables != record.variables {
            func shown(_ lines: [String]) -> ShownText? { lines.isEmpty ? nil : .text(lines.joined(separator: ", ")) }
            changes.append(Change("environment", from: shown(observed.variables), to: shown(record.variables)))
        }
        if let count = observed?.count, count > 1 {
            changes.append(Change("entries", from: .text("\(count) of this name"), to: .text("one")))
        }
        return changes
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        if observed?.line != nil, changes(from: observed).isEmpty { return [] }
        if let first = cronVariables.first, observed?.hasOthers == true {
            throw Refusal(
                "other lines are in \(table), for which \(first.name) would hold too",
                hint: "give the entry a file of its own")
        }
        let creation =
            file == nil
            ? Attributes(owner: .name(user), group: .name(.crontab), mode: FileMode(Permissions(0o600)))
            : Attributes(owner: .name(.root), group: .name(.root), mode: FileMode(Permissions(0o644)))
        return [.editFile(FileEdit(table, CrontabEdit.set(record), creation: creation))]
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        [.editFile(FileEdit(table, CrontabEdit.remove(name: name), removesEmpty: file != nil))]
    }

    /// Cron reads a bare `%` as a newline (crontab(5)).
    static func escaped(_ command: String) -> String {
        var result = "", isEscaped = false
        for scalar in command.unicodeScalars {
            if scalar == "%", !isEscaped { result.append("\\") }
            isEscaped = scalar == "\\" && !isEscaped
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
