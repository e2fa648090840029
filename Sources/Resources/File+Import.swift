import SystemFiles
public import Model

extension File: Importable {
    /// The files of /etc that no package brought as they are, the tables of cron, and the scripts of the administrator.
    public static func addImports(from host: some HostReading, to findings: inout Findings<File>) throws {
        let search = try FileSearch(reading: host)
        let accounts = try AccountDatabase(reading: host)
        for found in search.found { add(found, accounts, to: &findings) }
        for path in search.hidden { findings.omit("\(path): not everybody may read it, so it may hold a secret") }
        for path in search.large { findings.omit("\(path): it has more than 256 KiB") }
        if let path = search.unsearched { findings.omit("\(path): what else is there was not looked at") }
    }

    private static func add(
        _ found: FileSearch.Found, _ accounts: AccountDatabase, to findings: inout Findings<File>
    ) {
        let (path, status) = (found.path, found.status)
        let isTable = path.isBelowOrEqual(to: .root.appending("var/spool/cron"))
        guard isTable || status.permissions.bits & 0o004 != 0 else {
            return findings.omit("\(path): not everybody may read it, so it may hold a secret")
        }
        let content = Content(found.bytes)
        guard content.isText else { return findings.omit("\(path): it is no text") }
        var file = File()
        file.path = path
        file.content = .whole(content)
        if status.owner != 0 {
            file.owner = accounts.user(number: status.owner).map { .name($0.name) } ?? .number(status.owner)
        }
        if status.group != 0 {
            file.group = accounts.group(number: status.group).map { .name($0.name) } ?? .number(status.group)
        }
        if status.permissions.bits != 0o644 { file.mode = FileMode(status.permissions) }
        findings.add(file)
    }
}
