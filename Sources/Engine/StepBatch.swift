import Model

extension [Step] {
    /// How many of the first steps are performed together: of accounts and packages all of the lane, of files those
    /// that do not build on each other's durability.
    var batchCount: Int {
        guard let first else { return 0 }
        switch first {
        case .accounts, .groupRemoval, .package: return prefix { $0.lane == first.lane }.count
        case .accountFiles, .service, .command, .trial, .storage: return 1
        case .file(let step):
            if step.company == .none { return 1 }
            return prefix { if case .file(let other) = $0 { other.company == step.company } else { false } }.count
        }
    }
}
