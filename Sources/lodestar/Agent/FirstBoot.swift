import Agent
import ArgumentParser
import Model
import OperatorFiles
import SystemCalls

/// `lodestar bootstrap --from-boot`: what the unit of the package runs until it has succeeded once.
struct FirstBoot {
    /// There until the first success; the package makes it.
    private static let marker = "/\(OwnPaths.state)/bootstrap-pending"
    /// Seconds.
    private static let longestWait = 300

    func run() throws {
        guard let settings = try settings() else {
            return Terminal.print("nothing to bootstrap from: no lodestar.source= and no \(BootstrapSettings.path)")
        }
        let converge = settings.converge
        try BootstrapSite(converge, root: "/").apply()
        var wait = 5, isSeeded = settings.seed == nil
        while true {
            let status = try BootstrapConverge(converge, root: "/").run()
            if status == 0 {
                LocalFiles.remove(Self.marker)
                return Terminal.print("bootstrapped: the agent goes on")
            }
            guard status == ExitStatus.unavailable.rawValue else { throw ExitCode(status) }
            if !isSeeded { isSeeded = try seed(settings) }
            Terminal.report("note: the source does not answer: it is asked again in \(wait) s")
            for _ in 0..<wait where Interrupts.signal == nil { SystemClock.sleep(milliseconds: 1000) }
            if let signal = Interrupts.signal { throw ExitCode(128 + signal) }
            wait = min(2 * wait, Self.longestWait)
        }
    }

    /// Applies what was put on the host with the package.
    ///
    /// - Returns: whether that is done.
    private func seed(_ settings: BootstrapSettings) throws -> Bool {
        guard let path = settings.seed?.text else { return true }
        let seed = SiteSource(parsing: path)
        if let objection = seed.objection() {
            Terminal.report("warning: the seed \(path) is not used: \(objection)")
            return true
        }
        Terminal.print("the source does not answer: \(path) goes first")
        var converge = AgentSettings.Converge()
        (converge.source, converge.mode) = (seed, settings.converge.mode)
        return try BootstrapConverge(converge, root: "/").run() == 0
    }

    /// What was said of the first boot; nil for nothing.
    private func settings() throws -> BootstrapSettings? {
        var diagnostics = Diagnostics()
        var settings = BootstrapSettings.read(kernel: try kernelWords(), into: &diagnostics)
        if settings == nil {
            let path = BootstrapSettings.path
            let bytes = try Terminal.reportingFaults { try LocalFiles.contents(of: path, limit: 1 << 20) }
            guard let bytes else { return nil }
            if let objection = PathTrust.objection(to: path) {
                Terminal.report("error: cannot use \(path): \(objection)")
                throw ExitStatus.refused
            }
            settings = BootstrapSettings.read(bytes, path: path, into: &diagnostics)
        }
        Terminal.report(diagnostics)
        if diagnostics.hasErrors { throw ExitStatus.refused }
        return settings
    }

    /// The words of the kernel's command line, in a container those that its first process was given: there the kernel's are the host's.
    private func kernelWords() throws -> [String] {
        let isContainer = LocalFiles.exists("/run/systemd/container")
        let bytes = try Terminal.reportingFaults {
            try LocalFiles.contents(of: isContainer ? "/proc/1/cmdline" : "/proc/cmdline", limit: 1 << 20) ?? []
        }
        return bytes.split { $0 == 0 || $0 == 0x20 || $0 == 0x0A || $0 == 0x09 }.map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
