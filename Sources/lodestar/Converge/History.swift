import ArgumentParser
import Engine
import Model
import State
import SystemCalls

/// Commands that only read the state of a root.
struct PastOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The root that is managed.", valueName: "dir"), transform: HostRoot.path)
    var root = "/"

    @Option(help: "text or json.")
    var format = Format.text

    /// nil when nothing was ever applied.
    func database() throws -> StateDatabase? {
        let path = "\(StateFolder.path(below: root))/state.db"
        guard LocalFiles.exists(path) else { return nil }
        return try Terminal.reportingFaults {
            try DatabaseFiles.check(path)
            return try StateDatabase.reading(path)
        }
    }
}

/// `lodestar history`: the runs, the newest first.
struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the runs that changed something, the newest first.",
        discussion: "Example: lodestar history --limit 5")

    @OptionGroup var options: PastOptions

    @Option(help: "How many runs.")
    var limit = 20

    func run() throws {
        let runs = try Terminal.reportingFaults { try options.database()?.runs(limit: limit) ?? [] }
        if options.format == .json { return Terminal.printJSON(Datum.list(runs.map(\.datum)).json) }
        if runs.isEmpty { return Terminal.print("no runs yet") }
        for run in runs {
            let state =
                run.finished == nil
                ? "interrupted" : ReportText.summary(run.inPlaceCount) { run.counts[$0] ?? 0 }
            // An undo has no site: it is called by the run that it undoes.
            let source = run.site == run.revision ? run.site : "\(run.site) \(run.revision)"
            let moment = Timestamp.text(seconds: Int64(run.started)).replacing("T", with: " ")
            Terminal.print("run \(run.id)  \(moment)  \(source)  \(state)")
        }
    }
}

/// `lodestar show RUN`: what one run did.
struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what one run did to each resource.", discussion: "Example: lodestar show 3")

    @Argument(help: ArgumentHelp("The number of the run.", valueName: "run"))
    var number: Int

    @OptionGroup var options: PastOptions

    func run() throws {
        let runs = try Terminal.reportingFaults { try options.database()?.runs(limit: .max) ?? [] }
        guard runs.contains(where: { $0.id == number }) else {
            Terminal.report("error: expected the number of a run, found \(number)")
            throw ExitStatus.notFound
        }
        let outcomes = try Terminal.reportingFaults { try options.database()?.outcomes(ofRun: number) ?? [] }
        if options.format == .json { return Terminal.printJSON(Datum.list(outcomes.map(\.datum)).json) }
        var composite: String?
        for outcome in outcomes {
            if let whole = outcome.partOf, whole != composite { Terminal.print("\(whole)  \(outcome.place)") }
            composite = outcome.partOf
            let place = outcome.partOf == nil ? "  \(outcome.place)" : ""
            Terminal.print("\(composite == nil ? "" : "  ")\(outcome.result)  \(outcome.address)\(place)")
            if let reason = outcome.reason { Terminal.print("    \(reason)") }
            for line in outcome.changes.textLines() { Terminal.print("    \(line.printable)") }
            for line in outcome.output.textLines() { Terminal.print("    | \(line.printable)") }
        }
    }
}

/// `lodestar ledger`: what Lodestar created, adopted and released.
struct Ledger: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists what Lodestar created, adopted and released on this host.",
        discussion: "Example: lodestar ledger --format json")

    @OptionGroup var options: PastOptions

    func run() throws {
        let entries = try Terminal.reportingFaults { try options.database()?.ledger() ?? [] }
        if options.format == .json {
            let rows = entries.map { entry -> Datum in
                [
                    "address": .string(entry.address.description),
                    "part_of": entry.partOf.map { .string($0.address.description) } ?? .null,
                    "object": .string(entry.object),
                    "custody": .string(entry.custody.rawValue), "run": .int(Int64(entry.run)),
                ]
            }
            return Terminal.printJSON(Datum.list(rows).json)
        }
        for entry in entries {
            let composite = entry.partOf.map { " of \($0.address)" } ?? ""
            Terminal.print("\(entry.custody.rawValue)  \(entry.address)\(composite)  run \(entry.run)")
        }
        if entries.isEmpty { Terminal.print("nothing is managed yet") }
    }
}

extension RunSummary {
    var datum: Datum {
        let members: [Datum.Member] = [
            .init("run", .int(Int64(id))), .init("started", .int(Int64(started))),
            .init("finished", finished.map { .int(Int64($0)) } ?? .null), .init("site", .string(site)),
            .init("revision", .string(revision)), .init("in_place", .int(Int64(inPlaceCount))),
        ]
        return .map(members + Outcome.Result.told.map { .init($0.rawValue, .int(Int64(counts[$0] ?? 0))) })
    }
}

extension RecordedOutcome {
    var datum: Datum {
        [
            "address": .string(address), "place": .string(place), "part_of": partOf.map { .string($0) } ?? .null,
            "action": .string(action), "result": .string(result),
            "changes": .string(changes), "reason": reason.map { .string($0) } ?? .null, "output": .string(output),
        ]
    }
}
