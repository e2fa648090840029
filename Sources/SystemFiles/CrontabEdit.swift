public import Model

/// Sets or removes one marked entry of a crontab.
public enum CrontabEdit: DocumentEdit {
    case set(CrontabRecord)
    case remove(name: String)

    public var isSecret: Bool { false }

    public func apply(to document: inout Crontab) { document.apply(self) }
}

/// One entry of a crontab, whole.
public struct CrontabRecord: Sendable {
    public var name: String
    /// `30 2 * * *` or `@daily`.
    public var schedule: String
    /// The account column of files below /etc/cron.d; nil in a user's own table.
    public var user: String?
    /// The command line as cron sees it: `%` escaped, environment in front.
    public var command: String
    /// The variables that cron itself reads, a line each; they hold for every line below them.
    public var variables: [String]

    public init(name: String, schedule: String, user: String?, command: String, variables: [String] = []) {
        self.variables = variables
        self.name = name
        self.schedule = schedule
        self.user = user
        self.command = command
    }

    /// The line as cron reads it.
    public var line: String { [schedule, user, command].compactMap { $0 }.joined(separator: " ") }
}
