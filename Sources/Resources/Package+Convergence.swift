import SystemFiles
public import Model

extension Package {
    /// The package in dpkg's database; the package manager is asked only about packages that have to change.
    public struct Observed: Sendable {
        var package: InstalledPackage?
        /// What stands for a virtual package.
        var providers: [String] = []
        var prediction: PackagePrediction?
        /// Why the package manager could not be asked.
        var silence: String?
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        guard let found = try host.packageManager, let database = try found.packages(on: host) else {
            throw Refusal("there is no package manager that is known", hint: "only hosts with dpkg are managed so far")
        }
        if let manager, manager.rawValue != found.name { throw Refusal("the host's package manager is \(found.name)") }
        var observed = Observed(package: database.package(named: name.text))
        if observed.package?.isOnHost != true { observed.providers = database.providers(of: name.text).map(\.name) }
        guard isMoved(observed) else { return observed }
        let answer = try host.answer(to: probes[0])
        if case .prediction(let prediction) = answer {
            observed.prediction = prediction
        } else {
            observed.silence = answer.uncertainty
        }
        return observed
    }

    /// Whether it has to be installed, removed or brought to another version, or may have to be.
    private func isMoved(_ observed: Observed) -> Bool {
        switch state {
        case .absent, .purged: observed.package?.isOnHost == true
        case .present: !isInstalled(observed) || (version != nil && observed.package?.version != version)
        case .latest: observed.providers.isEmpty
        }
    }

    /// Whether it is there whole; another one that provides it will do where no version is asked for.
    private func isInstalled(_ observed: Observed) -> Bool {
        observed.package?.isInstalled == true || (version == nil && !observed.providers.isEmpty)
    }

    public func isPresent(in observed: Observed) -> Bool {
        observed.package?.isOnHost == true || !observed.providers.isEmpty
    }

    public func uncertainty(of observed: Observed?) -> String? {
        guard let observed else { return nil }
        if let silence = observed.silence { return silence }
        guard let prediction = observed.prediction, prediction.isOutdated, !state.isRemoval else { return nil }
        let isKnown = state == .present && prediction.problem == nil && prediction.removed.isEmpty
        return isKnown ? nil : "apt's lists lack a source or are older than its sources: apply reads them first"
    }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed else { return [] }
        let package = observed.package
        if state.isRemoval {
            guard let package, package.isOnHost || (state == .purged && package.hasRemains) else { return [] }
            return [Change("state", from: .text(Self.shown(package)), to: state.shown)]
        }
        var changes: [Change] = []
        let wanted = state == .latest ? observed.prediction?.candidate : version
        if !isInstalled(observed) {
            let present = wanted ?? observed.prediction?.substitute.map { "by \($0)" }
            changes.append(
                Change(
                    "state", from: package.map { .text(Self.shown($0)) },
                    to: .text(present.map { "present, \($0)" } ?? "present")))
        } else if let wanted, let package, package.version != wanted {
            changes.append(Change("version", from: .text(package.version), to: .text(wanted)))
        }
        if let hold, (package?.isHeld ?? false) != hold {
            changes.append(Change("hold", from: package.map { .text($0.isHeld ? "true" : "false") }, to: hold.shown))
        }
        return changes
    }

    private static func shown(_ package: InstalledPackage) -> String {
        package.isInstalled ? "present" : package.state
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { return [] }
        var move: PackageChange?
        let wanted = state == .latest ? observed.prediction?.candidate : version
        let differences = differences(from: observed)
        if differences.changes.contains(where: { $0 != differences[\.hold] }) {
            let action: PackageChange.Action = state == .purged ? .purge : state == .absent ? .remove : .install
            move = PackageChange(action, name.text, version: wanted)
        }
        // Which one is the latest, only newer lists can tell.
        if state == .latest, observed.prediction?.isOutdated == true || observed.silence != nil { move = self.change }
        let isHeld = observed.package?.isHeld ?? false
        var steps: [PackageChange] = []
        if let move {
            try check(observed, move)
            // A held package moves only where the declaration says both.
            if isHeld { steps.append(PackageChange(.unhold, name.text)) }
            steps.append(move)
            if hold == true { steps.append(PackageChange(.hold, name.text)) }
        } else if let hold, hold != isHeld {
            steps.append(PackageChange(hold ? .hold : .unhold, name.text))
        }
        return steps.map { .package($0) }
    }

    private func check(_ observed: Observed, _ move: PackageChange) throws(Refusal) {
        if let package = observed.package, package.isHeld, hold == nil {
            throw Refusal(
                "\(name) is held at \(package.version.isEmpty ? "its version" : package.version)",
                hint: state.isRemoval
                    ? "declare `hold: false`" : "declare `hold` too: false lets it go, true keeps it at the new version"
            )
        }
        if hold == true, observed.package?.isOnHost != true,
            let provider = observed.providers.first ?? observed.prediction?.substitute
        {
            throw Refusal("\(name) cannot be held: it comes by \(provider)", hint: "declare `package:\(provider)`")
        }
        guard let prediction = observed.prediction, !prediction.isOutdated else { return }
        if let problem = prediction.problem { throw problem }
        if !prediction.removed.isEmpty {
            let names = prediction.removed.joined(separator: ", ")
            throw Refusal(
                "apt would remove \(names) with it", hint: "declare \(names) `state: absent`, or leave \(name) as it is"
            )
        }
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        guard observed.package?.isOnHost == true else {
            let providers = observed.providers.joined(separator: ", ")
            throw Refusal("there is no package \(name): it comes by \(providers)", hint: "declare that absent")
        }
        let removal = PackageChange(.remove, name.text)
        try check(observed, removal)
        let release = observed.package?.isHeld == true ? [PackageChange(.unhold, name.text)] : []
        return (release + [removal]).map { .package($0) }
    }

    /// Asks what its removal would take along.
    public var undeclared: Package {
        var package = self
        (package.state, package.version) = (.absent, nil)
        return package
    }
}

extension Package: Restorable {
    public static let beyondUndo: String? = "what the scripts of a package did cannot be undone"

    public func former(_ observed: Observed?) -> Package? {
        guard let package = observed?.package, package.isOnHost else { return nil }
        var former = Package()
        former.name = name
        former.version = package.version
        former.hold = package.isHeld
        return former
    }
}
