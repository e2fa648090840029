import Model

/// The pending work on the accounts.
enum AccountWork: Int, Comparable {
    case none, edits
    /// Files get another number, and an account or a group with them.
    case renumbering

    static func < (left: AccountWork, right: AccountWork) -> Bool { left.rawValue < right.rawValue }
}

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
    /// The entry of the ledger since the task was prepared; nil where nothing had to be written.
    var prepared: LedgerEntry?
    /// The entry that its declaration should have, where nothing that was applied before has a say in it.
    var firstEntry: LedgerEntry?
    var hasChanged = false
    var hasRefreshed = false
    /// What is more than files of it, as it was observed before its steps; nil where no declaration says it.
    var former: Image.Subject?
    /// Whether `former` was kept, because a step changed more than files.
    var keptFormer = false
    /// The root cause for which it is skipped.
    var blocker: Reason?
    var output = ""
    var outcome: Outcome?

    init(planned: PlannedResource) {
        self.planned = planned
    }

    /// The task's pending work on the accounts.
    var accountWork: AccountWork {
        guard phase == .working, steps.editAccounts else { return .none }
        return steps.contains { if case .accountFiles(.changeOwnership) = $0 { true } else { false } }
            ? .renumbering : .edits
    }

    var hidesOutput: Bool { planned.declaration.resource.hasSecrets }
}

extension [Step] {
    /// Whether any step edits the accounts.
    var editAccounts: Bool { contains { [.accounts, .groupRemovals].contains($0.lane) } }
}
