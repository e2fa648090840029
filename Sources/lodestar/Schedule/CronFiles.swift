import Model
import Scheduling
import SystemCalls

/// Imports crontabs: a file, or a directory of them.
struct CronFiles {
    let host: HostOfSchedules
    /// A user stands before each command, whatever the place says.
    let hasUsers: Bool
    /// Whose table it is, whatever the place says.
    let user: String?

    private static let scriptFolders = ["cron.hourly", "cron.daily", "cron.weekly", "cron.monthly"]
    /// When Debian's /etc/crontab runs them.
    private static let usualTimes = [
        "cron.hourly": "17 * * * *", "cron.daily": "25 6 * * *", "cron.weekly": "47 6 * * 7",
        "cron.monthly": "52 6 1 * *",
    ]

    /// The kind of file at a path.
    func imported(_ path: String) throws(HostFault) -> ImportedSchedules {
        guard LocalStatus(of: path)?.kind == .directory else { return try table(path, bytes: nil) }
        let name = Self.name(of: path)
        if Self.scriptFolders.contains(name) { return try scripts(in: path) }
        var all = ImportedSchedules()
        for file in try LocalFiles.names(in: path) where LocalStatus(of: "\(path)/\(file)")?.kind != .directory {
            if file == ".placeholder" { continue }
            all.append(try table("\(path)/\(file)", bytes: nil), from: "\(path)/\(file)")
        }
        return all
    }

    private static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    // MARK: tables

    /// Where a table lies, whether it is the host's own that cron reads, and its name there.
    private func place(of path: String) -> (place: CronFileRules.Place, isOwn: Bool)? {
        let inRoot = host.place(of: path), folder = path.split(separator: "/").dropLast().last.map(String.init)
        if let inRoot {
            let parent = inRoot.split(separator: "/").dropLast().joined(separator: "/")
            if inRoot == "/etc/crontab" { return (.system, true) }
            if parent == "etc/cron.d" { return (.dropIn, true) }
            if ["var/spool/cron/crontabs", "var/spool/cron", "var/spool/cron/tabs"].contains(parent) {
                return (.spool, true)
            }
        }
        if folder == "cron.d" { return (.dropIn, false) }
        if folder == "etc", Self.name(of: path) == "crontab" { return (.system, false) }
        return folder == "crontabs" ? (.spool, false) : nil
    }

    private func table(_ path: String, bytes known: [UInt8]?) throws(HostFault) -> ImportedSchedules {
        let place = place(of: path), name = Self.name(of: path), accounts = host.accounts
        if let place, let objection = objection(to: path, name, place, accounts) {
            return ImportedSchedules(refused: objection)
        }
        guard let bytes = try LocalFiles.contents(of: path, limit: 2 << 20) else {
            return ImportedSchedules(refused: "expected a file, found none")
        }
        if place?.isOwn == true, host.cron.family == .debian, let last = bytes.last, last != 0x0A {
            return ImportedSchedules(refused: "cron passes over it: its last line does not end")
        }
        let isGuessed = place == nil && !hasUsers && user == nil && looksLikeSystemTable(bytes, accounts)
        let isSystem = hasUsers || isGuessed || (user == nil && (place?.place == .system || place?.place == .dropIn))
        let owner = user ?? (place?.place == .spool ? name : "root")
        var cronHost = ImportedSchedules.CronHost(zone: host.zone)
        if place?.isOwn == true, isSystem { cronHost.accounts = accounts.map { Set($0.keys) } }
        var imported = ImportedSchedules(crontab: bytes, hasUsers: isSystem, user: owner, on: cronHost)
        if isGuessed {
            imported.note(
                "each line has an account before its command: it is read as a table of the system (`--user` for a user's)"
            )
        }
        return imported
    }

    private func objection(
        to path: String, _ name: String, _ place: (place: CronFileRules.Place, isOwn: Bool),
        _ accounts: [String: UInt32]?
    ) -> String? {
        if let objection = host.cron.objection(toName: name, at: place.place) { return objection }
        // A copy elsewhere has another owner and mode.
        guard place.isOwn, let link = LocalStatus(of: path, followsLinks: false) else { return nil }
        guard let file = LocalStatus(of: path) else { return "cron passes over it: it is a link that leads nowhere" }
        var status = CronFileRules.Status(
            isRegular: file.kind == .file, owner: file.owner, mode: file.mode, linkCount: file.linkCount)
        (status.isLink, status.linkOwner) = (link.kind == .link, link.owner)
        return host.cron.objection(to: status, at: place.place, user: accounts?[name])
    }

    /// Whether the word before each command is an account: a table of /etc/cron.d that lies elsewhere.
    private func looksLikeSystemTable(_ bytes: [UInt8], _ accounts: [String: UInt32]?) -> Bool {
        let known = Set(accounts.map { Array($0.keys) } ?? []).union(["root"])
        var count = 0
        for line in String(decoding: bytes, as: UTF8.self).textLines() {
            let words = line.split(maxSplits: 6) { $0 == " " || $0 == "\t" }
            guard let first = words.first, first.first != "#" else { continue }
            let place = first.first == "@" ? 1 : 5
            // A variable.
            if first.contains("=") || words.dropFirst().first?.first == "=" { continue }
            guard words.count > place + 1, known.contains(String(words[place])) else { return false }
            count += 1
        }
        return count > 0
    }

    // MARK: scripts

    /// The scripts of a directory that run-parts(8) runs.
    private func scripts(in path: String) throws(HostFault) -> ImportedSchedules {
        let folder = Self.name(of: path)
        let expression = times(of: folder)
        var all = ImportedSchedules()
        for name in try LocalFiles.names(in: path) where name != ".placeholder" {
            let script = "\(path)/\(name)"
            let status = LocalStatus(of: script)
            var reason: String?
            if status?.kind != .file {
                if status?.kind == .directory { continue }
                reason = "expected a regular file"
            } else if !CronFileRules.isScriptName(name) {
                reason = "expected a name of letters, digits, `_` and `-`"
            } else if let mode = status?.mode, mode & 0o111 == 0 {
                reason = "expected an executable file, found the mode 0\(String(mode, radix: 8))"
            }
            if let reason {
                all.append(ImportedSchedules(refused: "run-parts passes over it: \(reason)"), from: script)
                continue
            }
            let command = host.place(of: script) ?? script
            let problem = ScriptHead.problem(of: command, below: host.place(of: script) == nil ? "/" : host.root)
            all.append(
                ImportedSchedules(
                    script: command, expression: expression.text, zone: host.zone,
                    differences: problem.map { [$0] } ?? []), from: script)
        }
        if let note = expression.note { all.note(note) }
        return all
    }

    /// When the host's own /etc/crontab runs a directory, else when Debian's does.
    private func times(of folder: String) -> (text: String, note: String?) {
        let usual = Self.usualTimes[folder] ?? "@daily"
        let bytes = (try? LocalFiles.contents(of: "\(host.root)/etc/crontab", limit: 1 << 20)) ?? nil
        let table = bytes.map { ImportedSchedules(crontab: $0, hasUsers: true, user: "root") }
        let job = table?.jobs.first { job in
            (job.definition.run ?? job.definition.argv?.joined(separator: " ") ?? "").contains("/etc/\(folder)")
        }
        guard let text = job?.definition.expression?.text else {
            return (usual, "no line of /etc/crontab runs /etc/\(folder): the times are those of Debian's")
        }
        return (text, "cron runs the scripts of /etc/\(folder) one after the other, here each is a job of its own")
    }
}
