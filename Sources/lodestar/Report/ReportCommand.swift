import Agent
import ArgumentParser
import Fetching
import LinuxAgent
import Model
import Scheduling
import SystemCalls

/// `lodestar report`: what the agent tells of each converge.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Sends the reports that wait for their receiver.",
        subcommands: [ReportSend.self])
}

/// `lodestar report send`: what the agent calls after each converge.
struct ReportSend: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Sends the reports that wait, the oldest first; exits 69 where some still wait.",
        discussion: "Example: lodestar report send")

    @OptionGroup var options: AgentOptions

    private static let tokenLimit = 64 << 10, authorityLimit = 4 << 20
    /// Of one report; seconds.
    private static let patience = 60

    func run() throws {
        try options.believe()
        let settings = try options.settings()
        guard let receiver = settings.report else {
            Terminal.report(
                "error: expected `report` with the `url` of a receiver in \(options.config ?? AgentSettings.path), found none"
            )
            throw ExitStatus.failure
        }
        let spool = ReportSpool(in: settings.state.text, byteLimit: Int(clamping: receiver.spoolSize.bytes))
        guard spool.waitingCount > 0 else { return }
        let isEmpty = try Terminal.reportingFaults {
            var request = FetchRequest(receiver.address)
            request.isPost = true
            request.patience = Self.patience
            request.slowest = .init(seconds: Self.patience, byteCount: 1)
            request.limit = 1 << 20
            request.fields = [.init("Content-Type", "application/json")]
            if let path = receiver.tokenFile {
                request.fields.append(.init("Authorization", "Bearer \(try Self.text(path, Self.tokenLimit).trimmed)"))
            }
            request.authorities = try receiver.authority.map { try Self.text($0, Self.authorityLimit) }
            do {
                let lock = try spool.lock()
                defer { withExtendedLifetime(lock) {} }
                return try spool.send { try Self.post($0, request) }
            } catch is ProcessLock.Held {
                Terminal.report("error: another process sends them")
                throw ExitStatus.locked
            }
        }
        if !isEmpty { throw ExitStatus.unavailable }
    }

    private static func text(_ path: AbsolutePath, _ limit: Int) throws -> String {
        guard let bytes = try LocalFiles.contents(of: path.text, limit: limit) else {
            throw HostFault.absent("read", path.text)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func post(_ report: [UInt8], _ request: FetchRequest) throws -> ReportSpool.Answer {
        do throws(FetchFault) {
            let fetch = try Fetch(request, body: report)
            let status = fetch.answer.status
            if (200...299).contains(status) { return .taken }
            Terminal.report("error: \(request.address.text) answers \(status)")
            return [400, 413, 422].contains(status) ? .refused : .unavailable
        } catch {
            Terminal.report("error: \(error.reason)")
            return .unavailable
        }
    }
}
