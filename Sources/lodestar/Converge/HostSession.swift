import ArgumentParser
import Engine
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
            try judgeAccess(of: &plan, simulation, state)
            return plan
        }
    }
}
