import CShim
import SystemFiles
public import Model
import SystemCalls

extension Linux {
    /// syncfs(2) of the root's file system.
    public func makeDurable() throws(HostFault) {
        let result = lodestar_sync_file_system(root)
        if result < 0 { throw HostFault("make durable", "the root \(rootPath)", ErrorNumber.text(-result)) }
    }

    public func perform(_ batch: StepBatch) -> [StepResult] {
        missing = []
        isPerforming = true
        defer { isPerforming = false }
        switch batch {
        case .files(let steps): return performFiles(steps)
        case .accounts(let edits):
            return changeAccounts(edits) { (database, edit, defaults) throws(Refusal) in
                try database.apply(edit, today: self.today, defaults: defaults, on: self)
            }
        case .groupRemovals(let names):
            return changeAccounts(names) { (database, name, _) throws(Refusal) in try database.removeGroup(name) }
        case .accountFiles(let steps):
            return steps.map { step in StepResult { () throws(HostFault) in try perform(step) } }
        case .packages(let changes):
            guarded = nil
            return performPackages(changes)
        case .services(let operations):
            return operations.map { operation in StepResult { () throws(HostFault) in try perform(operation) } }
        case .commands(let runs):
            return runs.map { command in
                defer { forgetAll() }
                return StepResult { () throws(HostFault) in try run(command) }
            }
        case .trials(let trials):
            return trials.map { trial in StepResult { () throws(HostFault) in try perform(trial) } }
        case .storage(let steps):
            return steps.map { step in
                defer { forgetAll() }
                return StepResult { () throws(HostFault) in
                    guard let disks else { throw HostFault("change", "a disk", "this is no installation") }
                    try disks.perform(step)
                    return StepOutput()
                }
            }
        }
    }

    private func perform(_ step: AccountFilesStep) throws(HostFault) -> StepOutput {
        defer { forgetAll() }
        switch step {
        case .moveHome(let move): return try self.move(move)
        case .changeOwnership(let change): return try changeOwnership(change)
        case .endProcesses(let number): return try endProcesses(of: number)
        }
    }
}
