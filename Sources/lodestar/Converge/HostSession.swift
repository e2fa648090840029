import ArgumentParser
import Engine
import HostFiles
import LinuxHost
import Model
import Resources
import SimulatedHost
import State
import SystemCalls

/// The shared part of `plan` and `apply`: the host, its state and the plan of a catalog.
struct HostSession {
    let root: String
    let host: Linux

    init(root: String) throws {
        do {
            host = try Linux(root: root)
        } catch {
            Terminal.report("error: \(error.text)")
            throw ExitStatus.notFound
        }
        self.root = host.rootPath
        // The state decides what root writes, so only root may have written it.
        if ThisProcess.isPrivileged, let objection = StateFolder.objection(below: root) {
            Terminal.report("error: the state of \(root) is not to be believed: \(objection)")
            throw ExitStatus.unsafe
        }
    }

    var databasePath: String { "\(StateFolder.path(below: root))/state.db" }

    /// The state that earlier runs left, for reading.
    func pastState() throws -> any StateReading {
        guard LocalFiles.exists(databasePath) else { return NoState() }
        return try Terminal.reportingFaults {
            try DatabaseFiles.check(databasePath)
            return try StateDatabase.reading(databasePath)
        }
    }

    /// Remembers what a plan reads of the host.
    func recorder() -> ObservationRecorder { ObservationRecorder(over: host, start: SystemClock.nanoseconds) }

    func plan(
        _ catalog: Catalog, state: any StateReading, _ selection: Selection, recorder: ObservationRecorder? = nil
    ) throws -> Plan {
        for word in selection.unmatched(in: catalog) {
            Terminal.report("error: expected an address, type or tag of the catalog, found `\(word)`")
            throw ExitCode(64)
        }
        let simulation = Simulation(over: recorder ?? host, today: SystemClock.today)
        return try Terminal.reportingFaults {
            var plan = try Planner(
                catalog, on: simulation, state: state, types: Registry.all, selection: selection, recorder: recorder
            ).plan()
            plan.access = try accessDifference(of: plan, simulation, state)
            return plan
        }
    }

    /// How a plan changes who can get in; nil where nothing that it touches bears on that.
    private func accessDifference(
        of plan: Plan, _ simulation: Simulation, _ state: any StateReading
    ) throws -> AccessDifference? {
        let steps = plan.resources.flatMap(\.steps)
        guard !steps.isEmpty, try AccessScope(reading: host).concerns(steps) else { return nil }
        var before = try Access(reading: host, today: SystemClock.today)
        before.attribute(to: try state.ledger())
        return AccessDifference(from: before, to: try access(after: plan, simulation))
    }

    /// Who can get in when a plan has been performed.
    private func access(after plan: Plan, _ simulation: Simulation) throws -> Access {
        let removed = plan.resources.flatMap(\.steps).compactMap { step -> String? in
            guard case .package(let change) = step, [.remove, .purge].contains(change.action) else { return nil }
            return change.name
        }
        var access = try Access(reading: simulation, today: SystemClock.today, without: Set(removed))
        access.attribute(to: plan.catalog.declarations)
        return access
    }

    /// Who can get in: now, or when a catalog has been applied.
    func access(after catalog: Catalog?) throws -> Access {
        let state = try pastState()
        return try Terminal.reportingFaults {
            guard let catalog else {
                var access = try Access(reading: host, today: SystemClock.today)
                access.attribute(to: try state.ledger())
                return access
            }
            let simulation = Simulation(over: host, today: SystemClock.today)
            let plan = try Planner(catalog, on: simulation, state: state, types: Registry.all).plan()
            return try access(after: plan, simulation)
        }
    }
}
