import ArgumentParser
import Asset
import LinuxHostinfo
import MiniOS
import Model
import SystemCalls

/// `lodestar mini`: the only service of the mini OS. The kernel's command line has its settings.
struct MiniCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mini", abstract: "Is the service of the mini OS.",
        discussion: "Runs where an image of `lodestar image build` was booted, and nowhere else.")

    /// Where an image has its site.
    private static let site = "/site"

    func run() throws {
        guard LocalFiles.exists("/init"), ThisProcess.programPath == "/usr/bin/lodestar", ThisProcess.isPrivileged
        else {
            Terminal.report(
                "error: expected the mini OS, found an ordinary system\n  hint: `lodestar image build` makes one")
            throw ExitStatus.refused
        }
        let line = try Terminal.reportingFaults { try LocalFiles.contents(of: "/proc/cmdline") ?? [] }
        let arguments = KernelArguments(String(decoding: line, as: UTF8.self))
        let settings = MiniSettings(arguments)
        let output = MiniOutput(format: settings.events)
        do {
            try serve(settings, NetworkSettings(arguments), output)
        } catch let fault as HostFault {
            output.tell(.failed(reason: fault.text))
            throw ExitStatus.failure
        } catch let status as ExitCode {
            // What was reported stands on the console.
            output.tell(.failed(reason: "the site cannot be used (exit \(status.rawValue))"))
            throw status
        }
    }

    private func serve(_ settings: MiniSettings, _ network: NetworkSettings, _ output: MiniOutput) throws {
        let release = try LocalFiles.contents(of: "/proc/sys/kernel/osrelease") ?? []
        let kernel = String(decoding: release.prefix { $0 != 0x0A }, as: UTF8.self)
        var modules = try ModuleLoading(version: kernel)
        try modules.load()
        for fault in modules.faults { Terminal.report("warning: \(fault.text)") }
        MiniMachine.mendClock(notBefore: Lodestar.made)
        output.tell(.ready(kernel: kernel, modules: modules.count, seconds: SystemClock.bootMilliseconds / 1000))
        if let fault = settings.faults.first { throw HostFault("use", "the kernel's command line", fault) }
        switch settings.stage {
        // A machine that is not what the inventory says waits for somebody.
        case .inspect: if let verdict = try inspect(output), verdict != .match { return }
        case .install:
            let installation = MiniInstallation(
                settings: settings, network: network, output: output, site: Self.site)
            guard try installation.run() else { return }
        case .shell: break
        }
        try MiniMachine.end(settings.then)
    }

    /// - Returns: the verdict; nil where the image has no site to compare with.
    private func inspect(_ output: MiniOutput) throws -> AssetVerdict? {
        let (machine, id) = try MachineOptions.parse([]).machine()
        if LocalFiles.exists("\(Self.site)/site.yaml") {
            let inspection = try AssetInspection(of: machine, id, in: SiteSource(parsing: Self.site), trust: .parse([]))
            output.tell(.asset(report: inspection.report.datum, lines: inspection.report.lines(isFull: false)))
            output.tell(.inspected(host: inspection.report.host, verdict: inspection.report.verdict.rawValue))
            return inspection.report.verdict
        }
        output.tell(.found(entry: AssetRecord.inventory(of: machine, id: id)))
        output.tell(.inspected(host: id, verdict: AssetVerdict.unknown.rawValue))
        return nil
    }
}
