import ArgumentParser
import Asset
import Compiler
import Model

/// `lodestar asset check [SITE]`: is it the machine that the inventory says, with the parts that it says?
struct AssetCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Compares this machine with its entry in the inventory.",
        discussion: """
            Changes nothing. Exit 0: match, 2: drift, 4: the wrong host, 8: unknown.
            Example: lodestar asset check /srv/site --format json
            """)

    @OptionGroup var site: SiteArgument
    @OptionGroup var machineOptions: MachineOptions
    @OptionGroup var trust: TrustOptions

    @Option(help: ArgumentHelp("The host of the inventory; the one with this serial by default.", valueName: "id"))
    var host: String?

    @Flag(help: "Lists the fields that are as expected too.")
    var full = false

    @Option(help: "text or json.")
    var format = Format.text

    func run() throws {
        let (machine, id) = try machineOptions.machine()
        let report = try AssetInspection(of: machine, host ?? id, in: site.source, trust: trust).report
        switch format {
        case .json: Terminal.printJSON(report.datum.json)
        case .text: for line in report.lines(isFull: full) { Terminal.print(line.printable) }
        }
        let status = report.verdict.exitStatus
        if status != 0 { throw ExitCode(status) }
    }
}

/// A machine beside its entry in a site.
struct AssetInspection {
    let report: AssetReport

    /// - Parameter name: the host of the inventory.
    init(of machine: Machine, _ name: String, in source: SiteSource, trust: TrustOptions) throws {
        let open = try Session(source, identity: nil, trust: trust).site.value
        Terminal.report(open.diagnostics)
        if open.diagnostics.hasErrors { throw ExitStatus.refused }
        self.init(of: machine, name, in: open)
    }

    init(of machine: Machine, _ name: String, in open: Site) {
        if let rules = open.asset(ofHost: name) {
            report = AssetComparison.report(rules, of: name, on: machine)
            return
        }
        let isKnown = open.hostIdentifiers.contains(name)
        let note = isKnown ? "the host has no `asset`" : "the inventory has no such host"
        report = AssetReport(
            host: name,
            findings: [AssetFinding("asset", expected: "an entry in the inventory", found: nil, .unknown, note: note)])
    }
}

extension AssetVerdict {
    fileprivate var exitStatus: Int32 {
        switch self {
        case .match: 0
        case .drift: 2
        case .wrongHost: 4
        case .unknown: 8
        }
    }
}
