import Expressions
import Model
import YAML

/// The hosts of the inventory as the conditions of composites see them. Each condition is asked once for all hosts that the
/// site is compiled for.
final class FleetChoices {
    /// What each host of the inventory is, by its position.
    fileprivate var scopes: [HostScope]?
    fileprivate var choices: [String: HostChoice] = [:]
    var names: FleetNames?
}

extension Site {
    /// The scopes of all hosts of the inventory, with the facts that the site keeps of them.
    private func fleetScopes() -> [HostScope] {
        if let known = fleetChoices.scopes { return known }
        let scopes = inventory.hosts.map { host in
            let target = target(ofHost: host.id)
            let scope = HostScope(target, files: files, secrets: nil)
            HostCompilation(self, scope, areFactsKnown: target.facts != nil).readLabels()
            return scope
        }
        fleetChoices.scopes = scopes
        return scopes
    }

    fileprivate func choice(_ expression: SiteExpression) throws(Diagnostic) -> HostChoice {
        if let known = fleetChoices.choices[expression.text] { return known }
        var choice = HostChoice()
        for (host, scope) in zip(inventory.hosts, fleetScopes()) {
            let claim: Bool?
            do throws(Diagnostic) {
                claim = try scope.condition(expression, in: LocalScope(host: scope))
            } catch {
                throw HostCompilation.located(error, at: expression.place, "asked of the host \(host.id)")
            }
            switch claim {
            case true?: choice.members.append(FleetMember(id: host.id, facts: keptFacts(host.id)))
            case false?: break
            case nil: choice.unknown.append(host.id)
            }
        }
        fleetChoices.choices[expression.text] = choice
        return choice
    }

    private func keptFacts(_ id: String) -> Datum? {
        guard let facts = facts(ofHost: id) else { return nil }
        let names = facts.names.filter { FleetMember.factNames.contains($0) }
        return .map(names.compactMap { name in facts.fact(name).map { Datum.Member(name, $0) } })
    }
}

extension HostCompilation {
    /// The hosts for which a condition of a resource holds, and whether this host is one of them.
    func choice(_ condition: HostCondition, of resource: DeclaredResource) throws(Diagnostic) -> HostChoice {
        var place = resource.place(of: condition.property)
        if case .map(let entries)? = resource.entries.first(where: { $0.key == condition.property })?.value.content,
            let entry = entries.first(where: { $0.key == "hosts" })
        {
            place = entry.value.place
            if case .scalar(_, isQuoted: true) = entry.value.content { place.column += 1 }
        }
        var parser = PatternParser(source: SourceText([], path: ""), names: Inventory.conditionNames)
        guard let expression = parser.expression(condition.text, at: place) else {
            throw parser.diagnostics.list.first ?? Diagnostic("expected a condition", at: place)
        }
        scope.record.askSite("inventory/")
        var choice = try site.choice(expression)
        choice.hasThisHost = try scope.condition(expression, in: LocalScope(host: scope))
        return choice
    }
}

/// The files of the site that a host is compiled from, and the names of its hosts.
struct CompiledPayloads: SitePayloads {
    let compilation: HostCompilation

    var thisHost: String {
        compilation.scope.record.ask(.identity("id"))
        return compilation.scope.identity.id
    }

    var names: FleetNames {
        compilation.scope.record.askSite("inventory/")
        return compilation.site.fleetNames
    }

    func payload(_ name: String) throws(Diagnostic) -> [UInt8]? {
        guard HostScope.isCleanPath(name) else { return nil }
        compilation.scope.record.askSite("files/\(name)")
        switch try compilation.site.files.payload("files/\(name)") {
        case .bytes(let bytes)?: return bytes
        default: return nil
        }
    }
}
