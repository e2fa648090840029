public import Model
import YAML

/// Compiles a site for many hosts: what was evaluated for a host with the same answers is not evaluated again.
///
/// A value is of one task.
public final class SharedCompiler {
    private let site: Site
    private let ofKnownFacts: FleetMemory
    private let ofUnknownFacts: FleetMemory
    /// Whether two sites are compared.
    private let isPaired: Bool

    /// - Parameters:
    ///   - sources: the sites whose facts count, one after the other; nil: the site itself.
    ///   - isPaired: whether another site is compared with it.
    public init(_ site: SharedSite, factsOf sources: [SharedSite]? = nil, isPaired: Bool = false) {
        self.site = Site(sharing: site.site, factsOf: (sources ?? [site]).map(\.site))
        self.isPaired = isPaired
        ofKnownFacts = FleetMemory()
        ofUnknownFacts = FleetMemory()
    }

    /// - Parameter new: what compiles the new site in this task, where this is the old one: what both sites say the same is
    ///   not evaluated twice.
    public init(_ site: SharedSite, factsOf sources: [SharedSite], beside new: SharedCompiler) {
        self.site = Site(sharing: site.site, factsOf: sources.map(\.site), beside: new.site)
        let pairing = self.site.pairing
        isPaired = pairing != nil
        ofKnownFacts = pairing.map { FleetMemory(beside: new.ofKnownFacts, $0) } ?? FleetMemory()
        ofUnknownFacts = pairing.map { FleetMemory(beside: new.ofUnknownFacts, $0) } ?? FleetMemory()
    }

    /// What is wrong with the site whatever the host, as far as it was read.
    public var diagnostics: Diagnostics { site.diagnostics }

    /// A host, with the facts that the site keeps of it.
    public func target(ofHost id: String) -> CompilationTarget { site.target(ofHost: id) }

    /// A host of the inventory, as far as the inventory tells.
    public func host(for target: CompilationTarget) -> SharedHost {
        let host = compiling(target)
        host.readLabels()
        return SharedHost(host: host)
    }

    private func memory(for target: CompilationTarget) -> FleetMemory {
        target.facts == nil ? ofUnknownFacts : ofKnownFacts
    }

    private func compiling(_ target: CompilationTarget, after other: SharedCompilation? = nil) -> HostCompilation {
        let memory = memory(for: target)
        let scope = HostScope(target, files: site.files, secrets: site.secrets)
        scope.differingFrom = site.pairing
        scope.record.answers = HostAnswers(
            scope, memory.questions, isPaired: isPaired,
            counterpart: site.pairing == nil ? nil : other?.host.scope.record.answers)
        let host = HostCompilation(site, scope, areFactsKnown: target.facts != nil, memory: memory)
        if isPaired { host.counterpart = site.pairing == nil ? Counterpart() : other?.host.counterpart }
        return host
    }

    /// Compiles the site for a host, as far as that is new.
    ///
    /// - Parameter other: what the new site is for the same host with the same facts, where this is the old one.
    public func compilation(for target: CompilationTarget, after other: SharedCompilation? = nil) -> SharedCompilation {
        let host = compiling(target, after: other)
        host.evaluate()
        // What is the same to the last item has the same graph.
        if let other, host.portions.map(\.identity) == other.host.portions.map(\.identity) {
            return SharedCompilation(host: host, graph: other.graph)
        }
        return SharedCompilation(host: host, graph: memory(for: target).shapes.graph(of: host.portions, in: host))
    }
}

/// One of many hosts, as the inventory and its facts tell.
public struct SharedHost {
    let host: HostCompilation

    public var identity: HostIdentity { host.scope.identity }
    /// The labels of the host, with those of its groups.
    public var labels: [Datum.Member] { host.labels }
    public var diagnostics: Diagnostics { host.diagnostics }

    /// Whether a condition holds; nil where nobody can tell.
    public func holds(_ condition: FleetCondition) throws(Diagnostic) -> Bool? {
        try host.scope.condition(condition.expression, in: LocalScope(host: host.scope))
    }

    /// A fact by its names from the outermost; nil where the host has none.
    public func fact(_ names: [String]) -> Datum? {
        host.scope.datum(.facts, names)
    }

    public var areFactsKnown: Bool { host.areFactsKnown }

    /// A hint that names the fact that may be meant by one that the host has not.
    public func nearestFact(to names: [String]) -> String? {
        for depth in names.indices {
            let above = Array(names[..<depth])
            guard host.scope.datum(.facts, above + [names[depth]]) == nil else { continue }
            let known: [String]
            if above.isEmpty {
                known = host.scope.factSource?.names ?? []
            } else if case .map(let members)? = host.scope.datum(.facts, above) {
                known = members.map(\.key)
            } else {
                known = []
            }
            return Spelling.hint(for: names[depth], among: known)
        }
        return nil
    }
}

/// A condition over the hosts of a fleet, as in a group of the inventory.
public struct FleetCondition: Sendable {
    let expression: SiteExpression

    /// - Parameter option: what a diagnostic calls the text.
    public init(parsing text: String, option: String) throws(Diagnostics) {
        let source = SourceText(Array(text.utf8), path: option)
        var parser = PatternParser(source: source, names: Inventory.conditionNames)
        guard let expression = parser.expression(text, at: source.place(line: 1, column: 1)) else {
            throw parser.diagnostics
        }
        self.expression = expression
    }
}

/// What a site is for one of many hosts.
public struct SharedCompilation {
    let host: HostCompilation
    let graph: Graph

    private var pieces: [Piece] { Assembly(host.items, of: host.site, areFactsKnown: host.areFactsKnown).pieces }

    public var identity: HostIdentity { host.scope.identity }
    /// The labels of the host, by the inventory.
    public var labels: [Datum.Member] { host.labels }

    /// All that is wrong, but for what is wrong with the site itself.
    public var diagnostics: Diagnostics {
        var all = host.diagnostics
        for portion in host.portions where !portion.diagnostics.list.isEmpty {
            all.add(contentsOf: portion.diagnostics)
        }
        all.add(contentsOf: graph.diagnostics)
        return all
    }

    /// The arrows of the graph among some resources, and those by which they refresh others.
    public func arrows(of addresses: Set<Address>) -> [(from: Address, to: Address, edge: Edge)] {
        let declared = graph.declarations(of: pieces).map(\.address)
        return graph.edges.compactMap { edge in
            let (from, to) = (declared[edge.from], declared[edge.to])
            guard addresses.contains(from), edge.isNotification || addresses.contains(to) else { return nil }
            return (from, to, edge)
        }
    }

    /// Whether there is something wrong that refuses the host.
    public var isRefused: Bool {
        host.site.diagnostics.hasErrors || host.diagnostics.hasErrors || graph.diagnostics.hasErrors
            || host.portions.contains(where: \.hasErrors)
    }

    /// nil where there are errors.
    public var catalog: Catalog? {
        if isRefused { return nil }
        return graph.catalog(of: pieces, site: host.site, host: identity, digest: Digest(of: ""))
    }
}

/// A site that was read, to be compiled by several tasks: each has what it evaluates for itself.
public struct SharedSite: @unchecked Sendable {
    /// Only what is never changed is read of it.
    fileprivate let site: Site

    /// - Parameter withFacts: false where nobody asks it for facts.
    public init(_ site: Site, withFacts: Bool = true) {
        if withFacts { site.readFacts() }
        self.site = site
    }
}
