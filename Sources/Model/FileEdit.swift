/// A change of a part of a file: the edit itself, evaluated again when it is performed, so that it never overwrites
/// what came in between. Edits of one file are performed together.
public struct FileEdit: Sendable, Hashable {
    public enum Edit: Sendable, Hashable {
        case line(LineEdit)
        case crontab(CrontabEdit)
        case keys(KeysEdit)
    }

    public var path: AbsolutePath
    public var edit: Edit
    /// Makes the file with these attributes where it is missing; nil: a missing file is a fault.
    public var creation: Attributes?
    /// Removes the file when no entry is left in it.
    public var removesEmpty: Bool

    public init(_ path: AbsolutePath, _ edit: Edit, creation: Attributes? = nil, removesEmpty: Bool = false) {
        self.path = path
        self.edit = edit
        self.creation = creation
        self.removesEmpty = removesEmpty
    }
}

/// Puts a line into a text or takes it out.
public struct LineEdit: Sendable, Hashable {
    public var text: Content
    /// RE2 dialect, searched, not anchored.
    public var match: String?
    /// Replaces every match instead of the last.
    public var replacesAll: Bool
    public var insertAfter: String?
    public var insertBefore: String?
    public var isPresent: Bool

    public init(
        text: Content, match: String? = nil, replacesAll: Bool = false, insertAfter: String? = nil,
        insertBefore: String? = nil, isPresent: Bool = true
    ) {
        self.text = text
        self.match = match
        self.replacesAll = replacesAll
        self.insertAfter = insertAfter
        self.insertBefore = insertBefore
        self.isPresent = isPresent
    }
}

/// Sets or removes one marked entry of a crontab.
public enum CrontabEdit: Sendable, Hashable {
    case set(CrontabRecord)
    case remove(name: String)
}

/// One entry of a crontab, whole.
public struct CrontabRecord: Sendable, Hashable {
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
}

/// Changes the keys of an authorized_keys file; identity is the blob.
public enum KeysEdit: Sendable, Hashable {
    /// `exactly` removes every other key line and keeps comments.
    case set(Membership<PublicKey>)
    case remove(blob: String)
}
