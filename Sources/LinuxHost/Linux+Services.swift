import Model
import SystemCalls

/// The lane of services, through systemctl(1).
extension Linux {
    func perform(_ operation: ServiceOperation) throws(HostFault) -> StepOutput {
        if operation.action == .readUnits {
            if isRunning, try hasSystemd { try readChangedUnits() }
            return StepOutput()
        }
        guard isRunning else {
            throw HostFault(operation.action.rawValue, operation.unit, "the root is not running")
        }
        guard try hasSystemd else {
            throw HostFault(operation.action.rawValue, operation.unit, "systemd is not running here")
        }
        try readChangedUnits()
        do throws(HostFault) {
            return try attempt(operation)
        } catch {
            guard try hasFailed(operation) else { throw error }
            throw HostFault(error.operation, error.object, error.reason, kind: .disproof)
        }
    }

    /// Starts it once more where systemd refused to, since what ran before was started too often: that says nothing of
    /// what is started now.
    private func attempt(_ operation: ServiceOperation) throws(HostFault) -> StepOutput {
        let begin = SystemClock.monotonicNanoseconds
        do throws(HostFault) {
            return try systemctl(operation.action.rawValue, operation.unit)
        } catch {
            guard operation.action == .start || operation.action == .restart,
                try !hasStarted(operation.unit, since: begin)
            else { throw error }
            _ = try systemctl("reset-failed", operation.unit)
            return try systemctl(operation.action.rawValue, operation.unit)
        }
    }

    private func systemctl(_ verb: String, _ unit: String) throws(HostFault) -> StepOutput {
        try run(CommandRun(.arguments(["systemctl", "--no-ask-password", verb, "--", unit]), timeout: .seconds(300)))
    }

    /// Whether its program was begun since then. At the start limit (systemd.unit(5)) it is not, and its result is still
    /// that of the program, such as `exit-code`.
    private func hasStarted(_ unit: String, since begin: UInt64) throws(HostFault) -> Bool {
        UInt64(try property("ExecMainStartTimestampMonotonic", of: unit)).map { $0 >= begin / 1000 } ?? false
    }

    /// Whether the program itself ended or did not become ready: systemd and the unit are as they must be.
    private func hasFailed(_ operation: ServiceOperation) throws(HostFault) -> Bool {
        switch operation.action {
        case .start, .restart: !["", "success", "resources"].contains(try property("Result", of: operation.unit))
        case .reload: !["", "success", "resources"].contains(try property("ReloadResult", of: operation.unit))
        case .stop, .readUnits: false
        }
    }

    /// A property of a unit (systemctl(1), `show`); empty where systemd does not say it.
    func property(_ name: String, of unit: String) throws(HostFault) -> String {
        try properties([name], of: unit)[name] ?? ""
    }

    /// Several of them, by their names.
    func properties(_ names: [String], of unit: String) throws(HostFault) -> [String: String] {
        let words = ["systemctl", "show", "--property=\(names.joined(separator: ","))", "--", unit]
        let ended = try execute(CommandRun(.arguments(words), timeout: .seconds(60)))
        var values: [String: String] = [:]
        for line in ended.output.textLines() {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
        return values
    }

    private func readChangedUnits() throws(HostFault) {
        if !hasChangedUnits { return }
        _ = try run(CommandRun(.arguments(["systemctl", "daemon-reload"]), timeout: .seconds(90)))
        hasChangedUnits = false
    }

    /// sd_booted(3).
    var hasSystemd: Bool {
        get throws(HostFault) { try status(of: AbsolutePath.root.appending("run/systemd/system"))?.kind == .directory }
    }
}
