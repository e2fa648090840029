import CShim
public import Model
import SystemCalls

extension Linux {
    /// syncfs(2) of the root's file system.
    public func makeDurable() throws(HostFault) {
        let result = lodestar_sync_file_system(root)
        if result < 0 { throw HostFault("make durable", "the root \(rootPath)", ErrorNumber.text(-result)) }
    }

    public func perform(_ steps: [Step]) -> [Result<StepOutput, HostFault>] {
        guard let lane = steps.first?.lane else { return [] }
        missing = []
        isPerforming = true
        defer { isPerforming = false }
        switch lane {
        case .files: return performFiles(steps)
        case .accounts, .groupRemovals: return performAccounts(steps)
        case .packages: return performPackages(steps)
        case .services: return steps.map { performService($0) }
        case .commands: return steps.map { performCommand($0) }
        }
    }

    private func performCommand(_ step: Step) -> Result<StepOutput, HostFault> {
        defer { forgetAll() }
        do throws(HostFault) {
            switch step {
            case .runCommand(let command): return .success(try run(command))
            case .moveHome(let move): try self.move(move)
            case .changeOwnership(let change): return .success(try changeOwnership(change))
            case .writeFile, .editFile, .editAccounts, .makeDirectory, .makeLink, .remove, .setAttributes,
                .changePackage,
                .operateService:
                throw HostFault("perform", "a step", "it belongs to another lane")
            }
            return .success(StepOutput())
        } catch {
            return .failure(error)
        }
    }
}
