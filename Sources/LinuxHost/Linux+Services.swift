import Model

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
        let words = ["systemctl", "--no-ask-password", operation.action.rawValue, "--", operation.unit]
        return try run(CommandRun(.arguments(words), timeout: .seconds(300)))
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
