import ArgumentParser
import LinuxHost
import Model
import Scheduling

/// `lodestar schedule import`: other tools' schedules as a manifest.
struct ScheduleImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Turns a crontab or a timer of systemd into a manifest.",
        discussion: """
            Example: lodestar schedule import crontab /etc/crontab > manifests/cron.yaml
            Whatever will be different stands in comments and on standard error.
            """)

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case crontab, timer
    }

    @Argument(help: "What the file is.")
    var kind: Kind

    @Argument(help: "The file.", completion: .file())
    var file: String

    @Option(help: ArgumentHelp("Whose crontab it is; by default the name of a table in the spool, else root."))
    var user: String?

    @Flag(help: "A user stands before each command; so it is below /etc/cron.d and in /etc/crontab.")
    var system = false

    func run() throws {
        let bytes: [UInt8]
        do {
            guard let found = try LocalFiles.contents(of: file, limit: 2 << 20) else {
                Terminal.report("\(file): error: expected a file, found none")
                throw ExitStatus.notFound
            }
            bytes = found
        } catch let fault as HostFault {
            Terminal.report("error: \(fault.text)")
            throw ExitStatus.notFound
        }
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let imported: ImportedSchedules
        switch kind {
        case .crontab:
            let path = LocalFiles.absolute(file)
            let isSystem = system || path == "/etc/crontab" || path.hasPrefix("/etc/cron.d/")
            let owner = user ?? (path.hasPrefix("/var/spool/cron/") ? name : "root")
            imported = ImportedSchedules(crontab: bytes, hasUsers: isSystem, user: owner)
        case .timer: imported = ImportedSchedules(timer: bytes, name: name)
        }
        for difference in imported.generalDifferences { Terminal.report("\(file): note: \(difference)") }
        for job in imported.jobs {
            for difference in job.differences { Terminal.report("\(file):\(job.line): note: \(difference)") }
        }
        for problem in imported.problems { Terminal.report("\(file):\(problem.line): error: \(problem.message)") }
        Terminal.print(imported.manifest)
        if !imported.problems.isEmpty { throw ExitStatus.refused }
    }
}
