public import Model

extension Outcome {
    /// Why it failed, for programs; nil where it did not.
    public var code: FailureCode? { hasFailed ? reason?.code ?? .operation : nil }
}

extension PlannedResource {
    /// Why it cannot be done, for programs; nil where it can.
    public var code: FailureCode? {
        switch action {
        case .refuse, .skip: reason?.code ?? .refusal
        case .inPlace, .create, .change, .replace, .remove, .release, .hold, .refresh, .unknown: nil
        }
    }
}

extension Reason {
    /// Why it failed, for programs.
    public var code: FailureCode {
        switch self {
        case .refused(let refusal): refusal.isMissing ? .missing : .refusal
        case .fault(let fault): FailureCode(fault)
        case .other: .internalError
        case .unknown, .mayChange: .unknown
        case .assumed(_, let reason): reason.code
        case .dependency, .failed, .needed, .blockedSuccessor, .failedSuccessor: .dependency
        case .stale, .changedSincePlan: .stale
        case .interrupted: .interrupted
        case .held, .custody, .gone: .held
        case .disproved: .disproof
        case .changedSinceRun, .lost: .changedSinceRun
        case .retired: .refusal
        case .wouldDiffer, .stillDiffers: .stillDiffers
        }
    }
}
