import Agent
import LinuxHostinfo
import LinuxHost
import Model
import Scheduling
import SystemCalls

/// Reports: who this host is, and the process that sends them.
extension AgentProcess {
    static let reportRun = "@report."
    private static let sendTimeout: Int64 = 600_000

    /// Who the host is, with where each word of it comes from; and the facts that somebody wants to have.
    func identity() -> ReportLog.Identity {
        let root = settings.converge.root.text
        var facts: [Datum.Member]?
        if let report = settings.report, report.facts != [] {
            let reader = HostFacts(root: root)
            facts = (report.facts ?? reader.names).map { name in
                .init(name, (try? reader.fact(name)).flatMap { $0 } ?? .null)
            }
        }
        return ReportLog.Identity(
            id: context.hostIdentifier, hostinfo: HostIdentifier(root: root).report, facts: facts.map { .map($0) })
    }

    /// Puts a report where it waits for its receiver. A converge never waits for that.
    func spool(_ line: String) {
        guard settings.report != nil else { return }
        do throws(HostFault) {
            try reports.add(line)
        } catch {
            log.write(.error, "a report is not sent: \(error.text)")
        }
        delivery.want()
    }

    var reports: ReportSpool {
        ReportSpool(in: settings.state.text, byteLimit: Int(clamping: settings.report?.spoolSize.bytes ?? 0))
    }

    /// Starts the process that sends what waits.
    func sendReports(_ now: Moment) {
        var request = LaunchRequest(
            run: "\(Self.reportRun)\(now.wall).1",
            arguments: [ThisProcess.programPath, "report", "send"]
                + (context.configuration.map { ["--config", $0] } ?? []),
            environment: SearchPath.ownEnvironment)
        request.timeout = Self.sendTimeout
        do throws(LaunchFault) { try keeper.start(request) } catch {
            log.write(.warning, "reports are not sent: \(error.reason)")
            delivery.ended(now, isEmpty: false)
        }
    }

    func handleReport(_ event: KeeperEvent, _ now: Moment) {
        switch event.kind {
        case .started: if !delivery.isRunning { delivery.adopt() }
        case .ended(let end):
            keeper.forget(event.run)
            delivery.ended(now, isEmpty: end.exitStatus == 0)
            if end.exitStatus == 0 { return }
            let said = String(decoding: (end.head + end.tail).prefix(1024), as: UTF8.self).trimmed
            log.write(.warning, "reports wait: \(end.reason ?? said)")
        }
    }
}
