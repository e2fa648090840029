import ArgumentParser
import Model
import Scheduling
import SystemCalls

/// `lodestar schedule import`: other tools' schedules as a manifest.
struct ScheduleImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Turns a crontab or a timer of systemd into a manifest.",
        discussion: """
            Example: lodestar schedule import crontab /etc/crontab > manifests/cron.yaml
            A directory such as /etc/cron.d or /etc/cron.daily is taken whole, a timer with its drop-ins.
            Whatever will be different stands in comments and on standard error; what is not imported is named: exit 65.
            """)

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case crontab, timer
    }

    @Argument(help: "What the file is.")
    var kind: Kind

    @Argument(help: "The file, or a directory of crontabs or scripts.", completion: .file())
    var file: String

    @Option(help: ArgumentHelp("Whose crontab it is; by default the name of a table in the spool, else root."))
    var user: String?

    @Flag(help: "A user stands before each command; so it is below /etc/cron.d and in /etc/crontab.")
    var system = false

    @Option(
        help: ArgumentHelp(
            "The root of the host that it comes from: its time zone, accounts, drop-ins.", valueName: "dir"))
    var root = "/"

    func run() throws {
        let host = HostOfSchedules(root: root), path = host.found(file)
        guard LocalStatus(of: path) != nil || LocalFiles.linkTarget(path) != nil else {
            Terminal.report("\(file): error: expected a file, found none")
            throw ExitStatus.notFound
        }
        let imported: ImportedSchedules
        do throws(HostFault) {
            switch kind {
            case .crontab: imported = try CronFiles(host: host, hasUsers: system, user: user).imported(path)
            case .timer: imported = try TimerFiles(host: host).imported(path)
            }
        } catch {
            Terminal.report("error: \(error.text)")
            throw ExitStatus.notFound
        }
        for difference in imported.generalDifferences { Terminal.report("\(file): note: \(difference)") }
        for job in imported.jobs {
            for difference in job.differences {
                Terminal.report("\(job.file ?? file):\(job.line): note: \(difference)")
            }
        }
        for problem in imported.problems {
            let place = "\(problem.file ?? file)\(problem.line > 0 ? ":\(problem.line)" : "")"
            Terminal.report("\(place): error: \(problem.message)")
        }
        Terminal.print(imported.manifest)
        if !imported.problems.isEmpty { throw ExitStatus.refused }
    }
}
