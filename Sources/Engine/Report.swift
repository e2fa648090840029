public import Model

/// The result of one resource.
public struct Outcome: Sendable {
    public enum Result: String, Sendable {
        case changed, refreshed, failed, skipped, released
        /// An earlier step had already done it.
        case inPlace = "in_place"
        /// A saved plan was made for another state of it.
        case stale

        /// Those that a summary tells, in its order.
        public static let told: [Result] = [.changed, .refreshed, .released, .failed, .skipped, .stale]
    }

    public var address: Address
    public var place: Place
    /// The composite that the resource is a part of.
    public var partOf: Address?
    public var result: Result
    public var action: Action
    public var changes: [Change]
    /// Why it failed or was skipped.
    public var reason: Reason?
    public var hint: String?
    /// The output of the resource's command, capped; empty for secrets.
    public var output: String

    public var hasFailed: Bool {
        switch result {
        case .failed, .skipped, .stale: true
        case .changed, .refreshed, .released, .inPlace: false
        }
    }

    public init(_ planned: PlannedResource, _ result: Result, reason: Reason? = nil, output: String = "") {
        address = planned.address
        place = planned.declaration.place
        partOf = planned.declaration.partOf?.address
        action = planned.action
        changes = planned.changes
        hint = result == .failed ? planned.hint : nil
        self.result = result
        self.reason = reason
        self.output = output
    }
}

/// The machine-readable outcome of one run.
public struct Report: Sendable {
    public var run: Int
    public var outcomes: [Outcome]
    public var inPlaceCount: Int
    /// Whether an interrupt ended the run before its end.
    public var isInterrupted = false
    /// How the plan changed who can get in; nil where nothing of it bears on that.
    public var access: AccessDifference?
    /// Why something is left alone, where a trial of it failed earlier.
    public var disproofs: [Reason] = []
    /// What brought back what was before, for each trial that failed.
    public var rollbacks: [Report] = []

    public init(run: Int, outcomes: [Outcome], inPlaceCount: Int) {
        self.run = run
        self.outcomes = outcomes
        self.inPlaceCount = inPlaceCount
    }

    public func count(_ results: Outcome.Result...) -> Int { outcomes.count { results.contains($0.result) } }

    public var hasFailures: Bool { count(.failed, .skipped, .stale) > 0 || !disproofs.isEmpty }

    /// `--detailed-exit-code`: 2 changes made, 4 failures, 6 both.
    public var detailedExitCode: Int32 { (count(.changed, .refreshed) > 0 ? 2 : 0) | (hasFailures ? 4 : 0) }
}
