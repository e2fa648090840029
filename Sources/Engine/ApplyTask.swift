import Model

/// Where one resource of the plan is.
struct ApplyTask {
    enum Phase {
        case waiting, working, refreshing, done
    }

    var planned: PlannedResource
    var phase = Phase.waiting
    var steps: [Step] = []
    var performedCount = 0
    var wasPresent = false
    var isPrepared = false
    /// What stands in the ledger about it since it was prepared; nil where nothing had to be written.
    var prepared: LedgerEntry?
    var hasChanged = false
    var hasRefreshed = false
    /// The root cause for which it is skipped.
    var blocker: String?
    var output = ""
    var outcome: Outcome?

    init(planned: PlannedResource) {
        self.planned = planned
    }

    var editsAccounts: Bool { steps.contains(where: \.editsAccounts) }
    var hidesOutput: Bool { planned.declaration.resource.hasSecrets }
}
