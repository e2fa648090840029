import SystemFiles
public import Model

/// Who may run what as whom with sudo.
public struct SudoRule: Resource, Removable {
    public var name = ""
    public var users: [SudoAccount] = []
    public var groups: [AccountName] = []
    public var hosts: [SudoHost] = [.all]
    public var runAs = SudoIdentity.root
    public var commands: [SudoCommand] = []
    public var noPassword = false
    public var options: [SudoTag] = []

    public init() {}

    public static let typeName = "sudo_rule"
    public static let doc = """
        Who may run what as whom with sudo: a file of its own in /etc/sudoers.d, accepted by visudo alone and together with \
        the others before it takes its place. It is a whole record. Where another file says the same, none is written.
        """
    public static let fields: [Field<SudoRule>] = [
        Field(
            "name", always: \.name, .key, doc: "A name, of which that of the file is made: `lodestar-NAME`.",
            examples: ["web"]),
        Field("users", always: \.users, doc: "The accounts that may; `ALL` is everybody.", examples: ["[ana]"]),
        Field("groups", always: \.groups, doc: "The groups of which every member may.", examples: ["[ops]"]),
        Field("hosts", always: \.hosts, doc: "On which hosts, `ALL` by default.", examples: ["[web1, 192.0.2.0/24]"]),
        Field(
            "run_as", always: \.runAs, doc: "As whom, `root` by default: accounts, and groups behind a colon.",
            examples: ["postgres", "\"ALL:ALL\"", "[postgres, www-data]"]),
        Field(
            "commands", always: \.commands, isRequired: true,
            doc: """
                What: `ALL`, a command line, or a path with `args`. Without arguments any are allowed, with `args: []` none. \
                Every character stands for itself, unless `pattern: true` makes `*`, `?` and `[]` wildcards, which match \
                blanks and slashes too.
                """,
            examples: [
                "[/usr/bin/systemctl restart nginx.service]", "[{path: /usr/bin/id, args: []}]",
                "[{path: /usr/bin/tail, args: [/var/log/*.log], pattern: true}]",
            ]),
        Field("no_password", always: \.noPassword, doc: "Whether sudo asks for no password.", examples: ["true"]),
        Field(
            "options", always: \.options, doc: "Tags of sudoers(5) for the commands.", examples: ["[NOEXEC, SETENV]"]),
    ]
    public static let examples = [
        "web: {groups: [adm], commands: [/usr/bin/systemctl restart nginx.service], no_password: true}",
        "log: {users: [root], run_as: \"ALL:ALL\", commands: [{path: /usr/bin/id, args: []}], options: [NOEXEC]}",
    ]

    static let folder = AbsolutePath.root.appending("etc/sudoers.d")
    static let visudo = AbsolutePath.root.appending("usr/sbin/visudo")
    /// sudo passes over names with a dot, and those that end with `~`.
    var file: AbsolutePath { Self.folder.appending(Sudoers.prefix + String(name.map { ".~".contains($0) ? "-" : $0 })) }

    var line: String {
        let who = (users.map(\.word) + groups.map { "%\($0)" }).joined(separator: ", ")
        let tags = ((noPassword ? ["NOPASSWD"] : []) + options.map(\.rawValue)).map { "\($0): " }.joined()
        let what = commands.map(\.line).joined(separator: ", ")
        return "\(who) \(hosts.map(\.word).joined(separator: ", "))=(\(runAs.line)) \(tags)\(what)"
    }
    var content: Content { Content("\(line)\n") }

    var accounts: [SudoAccount] { (users + runAs.users).filter { !$0.isEverybody } }
    var allGroups: [AccountName] { groups + runAs.groups.filter { !$0.isEverybody }.map(\.name) }

    public var objects: [HostObject] { [.path(file)] }
    public var needs: [Need] {
        accounts.filter { $0.name != .root }.map { Need(.user($0.name), "user") }
            + allGroups.map { Need(.group($0), "group") }
            + Need.parent(of: file) + [Need(.package("sudo"), "package sudo")]
    }

    public var problems: [Problem] {
        var problems: [Problem] = []
        if name.isEmpty || name.utf8.count > 200 || !name.isASCIIWord(or: "_-.~@+") {
            problems.append(Problem("name", "expected letters, digits, `_`, `-`, `.`, `@` and `+`: it names a file"))
        }
        if users.isEmpty, groups.isEmpty { problems.append("expected `users` or `groups`, found none") }
        if hosts.isEmpty { problems.append(Problem("hosts", "expected a host or ALL, found none")) }
        if commands.isEmpty { problems.append(Problem("commands", "expected a command, found none")) }
        if let command = commands.first(where: \.hasUndeclaredWildcard) {
            problems.append(
                Problem("commands", "expected `pattern: true` with a path of wildcards, found \(command.path)"))
        }
        if let tag = options.first(where: { $0.opposite.map(options.contains) == true }) {
            problems.append(Problem("options", "expected \(tag.rawValue) or its opposite, found both"))
        }
        return problems
    }

    public struct Observed: Sendable {
        var content: Content?
        var mode: FileMode?
        var isRoots = true
        /// The other file that says the same.
        var other: AbsolutePath?
        var missing: Refusal?
    }
}
