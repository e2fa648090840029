import Agent
import ArgumentParser
import MiniOS
import Model
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
        let seed = settings.seed.map { Seed($0.text, before: converge) }
        var wait = 5, isSeeded = false
        while true {
            let status = try BootstrapConverge(converge, root: "/").run()
            if status == 0 {
                LocalFiles.remove(Self.marker)
                return Terminal.print("bootstrapped: the agent goes on")
            }
            guard converge.isUnavailable(status) else { throw ExitCode(status) }
            if let seed, !isSeeded { isSeeded = try seed.apply(below: "/") }
            Terminal.report("note: the source does not answer: it is asked again in \(wait) s")
            for _ in 0..<wait where Interrupts.signal == nil { SystemClock.sleep(milliseconds: 1000) }
            if let signal = Interrupts.signal { throw ExitCode(128 + signal) }
            wait = min(2 * wait, Self.longestWait)
        }
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
        return KernelArguments(String(decoding: bytes.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)).words
    }
}
