import CShim
import Model
import SystemCalls

/// What an account's number means on the host, in process: a root may have no tools in it.
extension Linux {
    /// Changes every file of one number on local file systems; links are changed themselves, never followed.
    func changeOwnership(_ change: OwnershipChange) throws(HostFault) -> StepOutput {
        let count = lodestar_own_files(
            root, change.kind == .group ? 1 : 0, change.from, change.owner ?? .max, 1, change.to)
        forgetAll()
        guard count >= 0 else {
            throw HostFault(
                "change", "the \(change.kind.fileWord) \(change.from) of all files", ErrorNumber.text(Int32(-count)))
        }
        return StepOutput(text: "\(count) files re-owned")
    }

    /// How many files on local file systems have a number.
    func ownedFileCount(_ number: UInt32, kind: AccountKind, of owner: UInt32?) -> ProbeAnswer {
        let count = lodestar_own_files(root, kind == .group ? 1 : 0, number, owner ?? .max, 0, 0)
        return count < 0 ? .unknown(ErrorNumber.text(Int32(-count))) : .count(Int(count))
    }

    /// How many processes run with an account's rights.
    func processCount(of number: UInt32) -> ProbeAnswer {
        let count = lodestar_count_processes(number)
        return count < 0 ? .unknown(ErrorNumber.text(-count)) : .count(Int(count))
    }

    /// Ends what runs with an account's rights.
    func endProcesses(of number: UInt32) throws(HostFault) -> StepOutput {
        let left = lodestar_end_processes(number, 3000, 10_000)
        if left == 0 { return StepOutput() }
        throw HostFault(
            "end", "the processes of \(number)", left < 0 ? ErrorNumber.text(-left) : "\(left) are left")
    }
}
