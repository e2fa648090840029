public import Model
import SystemCalls

extension Linux {
    public func answer(to probe: Probe) throws(HostFault) -> ProbeAnswer {
        switch probe {
        case .serviceIsRunning(let unit):
            guard isRunning else { return .unknown("the root is not running") }
            guard try hasSystemd else { return .unknown("systemd is not running here") }
            let state = try property("ActiveState", of: unit)
            return .isRunning(state == "active" || state == "reloading" || state == "activating")
        case .mounts(let path): return mounts(below: path)
        case .named(let database, let key): return try named(database, key)
        case .ownedFiles(let number, let kind, let owner):
            return ownedFileCount(number, kind: kind, of: owner)
        case .processes(let number):
            return isRunning ? processCount(of: number) : .unknown("the root is not running")
        case .packageChange(let change): return try prediction(of: change)
        case .locales: return locales
        case .archive(let archive): return try entries(of: archive)
        case .gitRef(let name, let address): return try commit(of: name, at: address)
        case .gitTree(let commit, let address): return try entries(of: commit, at: address)
        case .exitStatus(let command):
            do throws(HostFault) {
                let ended = try execute(command, isGuard: true)
                return ended.hasTimedOut
                    ? .unknown("it took more than \(command.timeout)") : .exitStatus(ended.exitStatus)
            } catch {
                if error.kind == .isolation {
                    return .unknown("its guard cannot be run without write access: \(error.reason)")
                }
                // A root that is yet to be filled has no shell, a user that is yet to be made no number.
                return .unknown("its guard cannot be run yet: \(error.text)")
            }
        }
    }

    private var locales: ProbeAnswer {
        do throws(HostFault) {
            let ended = try execute(CommandRun(.arguments(["locale", "-a"]), timeout: .seconds(60)))
            guard ended.exitStatus == 0 else { return .unknown("`locale -a` ended with status \(ended.exitStatus)") }
            return .texts(ended.output.textLines().map(String.init))
        } catch {
            return .unknown(error.text)
        }
    }
}
