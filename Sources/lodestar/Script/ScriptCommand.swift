import ArgumentParser
import Engine
import LinuxHost
import Model
import Resources
import State
import SystemCalls

/// `lodestar script`: the scripts of this host.
struct ScriptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "script", abstract: "Lists, runs and remembers the scripts of this host.",
        subcommands: [ScriptList.self, ScriptRun.self, ScriptHistory.self])
}

/// What was declared for a host, as the ledger says it: no site is needed.
struct DeclaredScripts {
    let scripts: [RecordedScript]

    init(_ entries: [LedgerEntry]) {
        scripts = entries.filter { $0.custody != .released }.compactMap { entry in
            entry.partOf.flatMap { RecordedScript($0, part: entry.address, fields: entry.fields) }
        }.sorted { $0.name < $1.name }
    }

    /// The script of a name; one that nobody declared is reported and exits 66.
    func script(_ name: String) throws -> RecordedScript {
        if let script = scripts.first(where: { $0.name == name }) { return script }
        Terminal.report("error: expected a script that is declared for this host, found `\(name)`")
        let hint = Spelling.hint(for: name, among: scripts.map(\.name))
        Terminal.report("  hint: \(hint ?? "`lodestar script list` shows them")")
        throw ExitStatus.notFound
    }
}

extension RecordedScript {
    var name: String { script.name.text }
}

/// Who runs a command: the name that stands in a history.
struct Caller {
    var name: String
    var login: Int?

    /// The user of sudo(8), else of the login (audit), else of the process.
    init(on host: Linux) {
        login = LocalFiles.firstLine(of: "/proc/self/loginuid").flatMap { UInt32($0) }.flatMap {
            $0 == .max ? nil : Int($0)
        }
        let sudo = ThisProcess.environment("SUDO_USER").flatMap { AccountName($0)?.text }
        name = sudo ?? host.accountName(of: UInt32(login ?? 0)) ?? "uid \(login ?? 0)"
    }
}

extension LocalFiles {
    fileprivate static func firstLine(of path: String) -> String? {
        guard let bytes = try? contents(of: path, limit: 4096) else { return nil }
        return String(decoding: bytes, as: UTF8.self).textLines().first.map { String($0) }
    }
}
