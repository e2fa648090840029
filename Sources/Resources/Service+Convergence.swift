import SystemFiles
public import Model

extension Service {
    /// The state of the unit in systemd's folders, as far as the declaration asks.
    public struct Observed: Sendable {
        /// The mask in /etc in any form.
        var mask: Mask?
        /// A state that lasts until the next boot.
        var runtimeMask: Mask?
        /// The object at the place of the managed unit file, or of its mask.
        var place: FileStatus.Kind?
        var exists = false
        var initScript: InitScript?
        var enabling: UnitTree.Enabling?
        /// Why systemctl would refuse to enable it.
        var refusal: Refusal?
        var isEnabled = false
        /// Only where nothing may start it.
        var disabling: UnitTree.Disabling?
        /// The units as they are.
        var tree: UnitTree
        var isHostRunning: Bool
        /// Links that the unit asked for which `unit` takes the place of.
        var staleLinks: [AbsolutePath] = []
        var isRunning: Bool?
        var unit: Content?
        /// Whether others may read a unit that holds a secret.
        var isOpen = false

        var isMasked: Bool { mask != nil }
    }

    struct Mask: Sendable {
        var path: AbsolutePath
        var kind: FileStatus.Kind
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        let tree = try UnitTree(on: host, unit: unitName, declared: declaredUnit, isUnmasked: masked == false)
        let present = try UnitTree(on: host, unit: unitName)
        var observed = Observed(tree: present, isHostRunning: host.isRunning)
        observed.mask = try present.mask(of: unitName).map { Mask(path: $0.path, kind: $0.kind) }
        let place = try host.status(of: unitFile)
        observed.place = place?.kind
        if let unit, let place, place.kind == .file {
            observed.unit = Content(try host.contents(of: unitFile, limit: 1 << 20))
            observed.isOpen = unit.isSecret && place.permissions.bits & 0o077 != 0
        }
        let found = try tree.file(of: unitName)
        observed.exists = found != nil
        // Of a script alone a generator makes a unit at each boot.
        if found.map({ UnitFolders.isGenerated($0.path) }) ?? true {
            observed.initScript = try InitScript(for: unitName, on: host)
        }
        if host.isRunning {
            observed.runtimeMask = try present.runtimeMask(of: unitName).map { Mask(path: $0.path, kind: $0.kind) }
        }
        if enabled == false { observed.disabling = try present.disabling(unitName) }
        if enabled == true { try observeEnabling(&observed, tree, present) }
        if running != nil, host.isRunning {
            let answer = try host.answer(to: .serviceIsRunning(unitName.text))
            guard case .isRunning(let isRunning) = answer else { throw Refusal(answer.uncertainty) }
            observed.isRunning = isRunning
        }
        return observed
    }

    private func observeEnabling(_ observed: inout Observed, _ tree: UnitTree, _ present: UnitTree) throws {
        if let script = observed.initScript {
            observed.isEnabled = script.isEnabled
            return
        }
        do {
            let enabling = try tree.enabling(unitName)
            observed.enabling = enabling
            observed.isEnabled = enabling.isInstallable ? enabling.isComplete : try tree.state(of: unitName) == .enabled
            if let unit, observed.unit != unit, let earlier = try? present.enabling(unitName) {
                let kept = enabling.own + earlier.links.map(\.path)
                observed.staleLinks = earlier.own.filter { !kept.contains($0) }
            }
        } catch let refusal as Refusal {
            observed.refusal = refusal
        }
    }

    public func isPresent(in observed: Observed) -> Bool {
        unit != nil ? observed.unit != nil : observed.exists || observed.initScript != nil
    }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed else { return [] }
        var changes: [Change] = []
        if let unit, observed.unit != unit {
            changes.append(Change("unit", from: observed.unit, to: unit))
        } else if observed.isOpen {
            changes.append(Change("mode", from: .text("readable by others"), to: unitMode.shown))
        }
        if let masked, isMasked(observed) != masked {
            changes.append(Change("masked", from: isMasked(observed).shown, to: masked.shown))
        }
        if let enabled, isEnabled(observed) != enabled {
            changes.append(Change("enabled", from: isEnabled(observed).shown, to: enabled.shown))
        }
        if let running, let present = observed.isRunning, present != running {
            changes.append(Change("running", from: present.shown, to: running.shown))
        }
        return changes
    }

    /// The mask in /etc counts where a mask is declared; that of this boot counts too where no mask may be.
    private func isMasked(_ observed: Observed) -> Bool {
        observed.isMasked || (masked == false && observed.runtimeMask != nil)
    }

    /// Whether anything starts it at boot, where nothing may; whether all does, where it shall.
    private func isEnabled(_ observed: Observed) -> Bool {
        if enabled == true { return observed.isEnabled }
        let isLinked = observed.disabling?.own.isEmpty == false
        if let script = observed.initScript { return script.isEnabled || isLinked }
        return isLinked
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { return [] }
        let differences = differences(from: observed)
        var steps: [Step] = []
        if let unit, differences.contains(\.unit) {
            let replaced: Replaced =
                observed.unit.map { .file($0.digest) } ?? (observed.isMasked ? .anything : .nothing)
            steps.append(
                .writeFile(
                    FileWrite(
                        unitFile, content: unit, attributes: Attributes(mode: unitMode),
                        replaced: replaced)))
        }
        if observed.isOpen, !differences.contains(\.unit) {
            let attributes = Attributes(mode: unitMode)
            steps.append(.setAttributes(AttributeChange(unitFile, kind: .file, attributes: attributes)))
        }
        if running == true, unit == nil {
            if !observed.exists, observed.initScript == nil {
                throw Refusal("there is no unit \(unitName)", isMissing: true)
            }
            if observed.isMasked, masked != false { throw Refusal("\(unitName) cannot run: \(unitFile) masks it") }
        }
        if differences.contains(\.masked) { steps += try maskSteps(observed, isWritten: differences.contains(\.unit)) }
        if differences.contains(\.enabled) { steps += try enablingSteps(observed) }
        if differences.contains(\.running) {
            steps.append(.service(ServiceOperation(running == true ? .start : .stop, unitName.text)))
        } else if observed.unit != nil, differences.contains(\.unit), observed.isRunning == true,
            refresh != Refresh.none
        {
            // A changed unit takes effect only in a new process.
            steps.append(.service(ServiceOperation(.restart, unitName.text)))
        } else if observed.isHostRunning, !steps.isEmpty {
            // systemd would go on with what it read before: what was masked could be started.
            steps.append(.service(ServiceOperation(.readUnits, unitName.text)))
        }
        return steps
    }

    private func maskSteps(_ observed: Observed, isWritten: Bool) throws(Refusal) -> [Step] {
        if masked == true {
            switch observed.place {
            case nil:
                return [.makeLink(LinkCreation(unitFile, target: "/dev/null", replaced: .nothing, makesParents: true))]
            case .link?:
                throw Refusal(
                    "\(unitName) cannot be masked: \(unitFile) is a link", hint: "mask the unit that it leads to")
            case .file?, .directory?, .device?, .fifo?, .socket?:
                throw Refusal(
                    "\(unitName) cannot be masked: an administrator's own unit is at \(unitFile)",
                    hint: "remove that file first; `enabled: false` leaves it")
            }
        }
        let masks = [isWritten ? nil : observed.mask, observed.runtimeMask].compactMap { $0 }
        return masks.map { .remove(Removal($0.path, kind: $0.kind)) }
    }

    private func enablingSteps(_ observed: Observed) throws(Refusal) -> [Step] {
        if let script = observed.initScript, script.isEnabled != (enabled == true) {
            throw Refusal(
                "\(unitName) has no unit, only the script \(script.path)",
                hint: "`update-rc.d \(unitName.stem) \(enabled == true ? "enable" : "disable")` in a command, or `unit`"
            )
        }
        if enabled == false {
            return Self.removals(of: observed.disabling?.all ?? [])
        }
        if let refusal = observed.refusal { throw refusal }
        guard let enabling = observed.enabling, enabling.isInstallable else {
            throw Refusal(
                "\(unitName) cannot be enabled: its unit has no [Install] section",
                hint: "it is static: something else starts it")
        }
        return Self.removals(of: observed.staleLinks) + enabling.links.map { .makeLink($0) }
    }

    private static func removals(of links: [AbsolutePath]) -> [Step] {
        links.map { .remove(Removal($0, kind: .link, emptiedBelow: UnitFolders.configuration)) }
    }

    /// Remarks on units that a package brings in /usr: they are not an administrator's to take away.
    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        let tree = try UnitTree(on: host, unit: unitName, declared: declaredUnit, isUnmasked: masked == false)
        let found = enabled == false || masked == false ? try tree.file(of: unitName) : nil
        if masked == false, let found, found.isMasked, !UnitFolders.isConfiguration(found.path) {
            return ["\(found.path) masks it all the same: a `unit` of your own takes its place"]
        }
        guard enabled == false, masked != true, found?.isMasked != true else { return [] }
        return try tree.lastingLinks(of: unitName).map {
            "\($0) starts it all the same: `masked: true` keeps it from starting"
        }
    }

    public func refresh(on host: some HostReading, after changes: [Change]) throws -> [Step] {
        guard host.isRunning, refresh != Refresh.none, running != false, masked != true else { return [] }
        // What was just started, or restarted for its own new unit, is not restarted again.
        let differences = Differences<Service>(changes)
        if differences.contains(\.running) || (differences[\.unit]?.old != nil && running == true) { return [] }
        return [.service(ServiceOperation(refresh == .reload ? .reload : .restart, unitName.text))]
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        var steps: [Step] =
            observed.isRunning == true ? [.service(ServiceOperation(.stop, unitName.text))] : []
        do {
            steps += Self.removals(of: try observed.tree.disabling(unitName).own)
        } catch {
            throw error as? Refusal ?? Refusal("its links cannot be told: \((error as? HostFault)?.text ?? "\(error)")")
        }
        if observed.unit != nil { steps.append(.remove(Removal(unitFile, kind: .file))) }
        if masked == true, let mask = observed.mask { steps.append(.remove(Removal(mask.path, kind: mask.kind))) }
        if observed.isHostRunning { steps.append(.service(ServiceOperation(.readUnits, unitName.text))) }
        return steps
    }
}

/// Masks, links and the unit are files; whether it runs is what they do not tell.
extension Service: Restorable {
    public func former(_ observed: Observed?) -> Service? {
        var former = Service()
        former.name = name
        former.refresh = refresh
        former.running = running == nil ? nil : observed?.isRunning
        return former
    }

    /// It starts with the unit, the programs and the configuration that were there.
    public var comesBackLast: Bool { running == true }
    public static var formerIsActivity: Bool { true }
}
