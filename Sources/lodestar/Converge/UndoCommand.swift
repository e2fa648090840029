import ArgumentParser
import Compiler
import Engine
import LinuxHost
import Model
import Resources
import State
import SystemCalls

/// `lodestar undo RUN`: brings back what was there before a run.
struct UndoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Brings back what was there before a run, and keeps it until the site changes.",
        discussion: """
            Shows the plan and performs it. What was changed since is refused and the rest is undone; where the run did \
            something that cannot be undone, such as a command, it is named and nothing is done, unless `--skip` or `--only` \
            leaves it out, or `--partial` all of that kind.

            Example: lodestar undo 12 --plan
            """)

    @Argument(help: ArgumentHelp("The number of the run.", valueName: "run"))
    var number: Int

    @Option(help: ArgumentHelp("The root that is managed.", valueName: "dir"), transform: HostRoot.path)
    var root = "/"

    @Option(help: ArgumentHelp("Only what this resource did.", valueName: "address"))
    var only: [String] = []

    @Option(help: ArgumentHelp("Not what this resource did.", valueName: "address"))
    var skip: [String] = []

    @Flag(help: "Leaves resources of which something cannot be undone as they are, names them, and undoes the rest.")
    var partial = false

    @Flag(help: "Only shows the plan.")
    var plan = false

    @Flag(help: "Goes on although nobody who could log in and become root could do so any more.")
    var allowLockout = false

    @OptionGroup var output: RunOutput

    func run() throws {
        let hostSession = try HostSession(root: root)
        Interrupts.watch()
        let lock = plan ? nil : try hostSession.lock(for: "undo")
        defer { withExtendedLifetime(lock) {} }
        guard LocalFiles.exists(hostSession.databasePath) else { throw Self.noRun(number) }
        let state =
            plan
            ? try Terminal.reportingFaults { try StateDatabase.reading(hostSession.databasePath) }
            : try hostSession.writableState()
        guard let past = try Terminal.reportingFaults({ try state.pastRun(number) }) else { throw Self.noRun(number) }
        let outline = try self.outline(of: past, hostSession, state)
        let store = UndoStore(
            over: state, of: past, outline, site: try Terminal.reportingFaults { try state.siteState() })
        var plan = try hostSession.plan(
            outline.catalog, state: store,
            Selection(only: outline.catalog.declarations.map(\.address.description)))
        for index in plan.resources.indices { plan.resources[index].cause = .undo }
        let isShownOnly = self.plan || !outline.lost.isEmpty
        switch output.format {
        case .text:
            Terminal.print(
                PlanText(plan, isColored: Terminal.isColored).text(output.summary ? .summary : .full))
            for resource in plan.resources where resource.action == .create && resource.address.type == User.typeName {
                Terminal.print("note: \(resource.address) comes back without its password: secrets are never kept")
            }
            for (address, reason) in outline.left {
                Terminal.print("note: \(address) stays as run \(number) left it: \(reason.text)".printable)
            }
            for path in outline.kept { Terminal.print("note: \(path) stays: what a person keeps there is not undone") }
        case .json: if isShownOnly { Terminal.printJSON(plan.datum.json) }
        }
        if !outline.lost.isEmpty {
            report(Set(outline.lost.map(\.address)), of: past)
            throw ExitCode(4)
        }
        if plan.locksOut, !allowLockout {
            if output.format == .json, !isShownOnly { Terminal.printJSON(plan.datum.json) }
            throw ExitStatus.unsafe
        }
        if self.plan {
            if plan.count(.refuse, .skip) > 0 { throw ExitCode(4) }
            if output.detailedExitCode, plan.hasChanges { throw ExitCode(2) }
            return
        }
        try output.finish(try output.perform(plan, hostSession, store))
    }

    private func outline(of run: PastRun, _ hostSession: HostSession, _ state: StateDatabase) throws -> Undo.Outline {
        let ledger = try Terminal.reportingFaults { try state.ledger() }
        let undo = Undo(
            run, on: hostSession.host, types: Registry.all, ledger: ledger,
            only: try addresses(only, of: run, ledger), skipped: try addresses(skip, of: run, ledger))
        let identity = try Session.target(root: hostSession.root).identity
        return partial ? undo.partialOutline(for: identity) : undo.outline(for: identity)
    }

    /// What the words of an option name among all that the run changed.
    private func addresses(_ words: [String], of run: PastRun, _ ledger: [LedgerEntry]) throws -> Set<Address> {
        var found: Set<Address> = []
        for word in words {
            let addresses = Address(word).map { run.addresses(named: $0, by: ledger) } ?? []
            if addresses.isEmpty {
                let known = run.addresses.map(\.description).sorted()
                Terminal.report("error: expected the address of something that run \(number) changed, found `\(word)`")
                if !known.isEmpty {
                    Terminal.report("  hint: it changed \(known.prefix(Self.nameLimit).joined(separator: ", "))")
                }
                throw ExitCode(64)
            }
            found.formUnion(addresses)
        }
        return found
    }

    private func report(_ lost: Set<Address>, of run: PastRun) {
        let names = lost.map(\.description).sorted(), count = names.count - Self.nameLimit
        let list = names.prefix(Self.nameLimit).joined(separator: ", ") + (count > 0 ? " and \(count) more" : "")
        Terminal.report("error: expected changes that can be undone, found \(list): nothing was done")
        if only.isEmpty, !run.addresses.isSubset(of: lost) {
            Terminal.report("  hint: `--partial` undoes the others, `--skip ADDRESS` leaves one out")
        }
    }

    /// How many resources an error names.
    private static let nameLimit = 20

    private static func noRun(_ number: Int) -> ExitCode {
        Terminal.report("error: expected the number of a run, found \(number)\n  hint: `lodestar history` lists them")
        return ExitStatus.notFound
    }
}
