import Model

extension [Step] {
    /// How many of the first steps are performed together: of accounts and packages all of the lane, of files those
    /// that do not build on each other's durability.
    var batchCount: Int {
        guard let first else { return 0 }
        switch first.lane {
        case .accounts, .groupRemovals, .packages: return prefix { $0.lane == first.lane }.count
        case .services, .commands: return 1
        case .files: return first.effect == .other ? 1 : prefix { $0.effect == first.effect }.count
        }
    }
}

extension Step {
    fileprivate enum Effect {
        case build, removal, other
    }

    /// Edits, links and what depends on the step before it go alone.
    fileprivate var effect: Effect {
        switch self {
        case .writeFile(let write): write.isInPlace ? .other : .build
        case .makeDirectory, .setAttributes: .build
        case .remove: .removal
        case .editFile, .makeLink, .editAccounts, .moveHome, .changeOwnership, .runCommand, .changePackage,
            .operateService:
            .other
        }
    }
}
