import Model
import YAML

/// The order in which the hosts take a commit, by `stages` of `site.yaml`.
struct Stages: Sendable {
    /// Some hosts, and how long a commit stays with them before the next ones take it.
    struct Stage: Sendable {
        enum Choice: Sendable {
            case hosts(SiteExpression)
            /// A part of all hosts, in 1/10,000.
            case share(Int64)
        }

        var choice: Choice
        var soak: Duration
    }

    var list: [Stage] = []

    static let whole: Int64 = 10_000
    /// What a host's share depends on beside its id.
    private static let key = "stages"

    static func read(_ node: Node, _ source: SourceText, into diagnostics: inout Diagnostics) -> Stages {
        var stages = Stages(), least: Int64 = 0
        guard case .list(let items) = node.content, !items.isEmpty else {
            diagnostics.add(Diagnostic("`stages`: expected a list of stages, found \(node.found)", at: node.place))
            return stages
        }
        for (index, item) in items.enumerated() {
            let isLast = index == items.count - 1
            guard let stage = Stage(item, source, isLast: isLast, into: &diagnostics) else { continue }
            if case .share(let share) = stage.choice {
                if share <= least {
                    diagnostics.add(
                        Diagnostic("`share`: expected more than the stage before it has", at: item.place))
                }
                least = share
            }
            stages.list.append(stage)
        }
        if least != whole, !diagnostics.hasErrors {
            diagnostics.add(
                Diagnostic(
                    "expected `share: 100%` in the last stage: the other hosts would never take a commit",
                    at: items.last?.place ?? node.place))
        }
        return stages
    }

    /// How long a commit is with others before a host takes it: the time of all stages before the host's own.
    ///
    /// - Parameter holds: whether a condition holds for the host.
    func soak(ofHost id: String, _ holds: (SiteExpression) -> Bool) -> Duration {
        let spread = Spread(hostIdentifier: id, key: Self.key)
        var total = Duration.zero
        for stage in list {
            switch stage.choice {
            case .hosts(let condition): if holds(condition) { return total }
            case .share(let share): if spread.offset(in: Self.whole) < share { return total }
            }
            total += stage.soak
        }
        return total
    }
}

extension Stages.Stage {
    fileprivate init?(_ node: Node, _ source: SourceText, isLast: Bool, into diagnostics: inout Diagnostics) {
        let count = diagnostics.list.count
        let keyed = NodeReader(node, allowed: ["hosts", "share", "soak"], what: "a stage", into: &diagnostics)
        guard (keyed["hosts"] == nil) != (keyed["share"] == nil) else {
            diagnostics.add(Diagnostic("expected one of `hosts` and `share` in a stage", at: node.place))
            return nil
        }
        soak = .zero
        if let node = keyed["soak"] {
            soak = node.decoded(Duration.self, as: "soak", into: &diagnostics) ?? .zero
            if isLast {
                diagnostics.add(
                    Diagnostic("expected no `soak` in the last stage: nobody comes after it", at: node.place))
            }
        } else if !isLast {
            diagnostics.add(
                Diagnostic(
                    "expected `soak` in a stage that others follow, found none", at: node.place,
                    hint: "how long a commit stays with these hosts before the next ones take it, such as 30m"))
        }
        if let condition = keyed["hosts"] {
            var parser = PatternParser(source: source, names: Inventory.conditionNames)
            let expression = parser.condition(condition)
            diagnostics.add(contentsOf: parser.diagnostics)
            guard let expression else { return nil }
            choice = .hosts(expression)
        } else {
            let share = keyed.value("share", "a part of all hosts such as 10%", into: &diagnostics) {
                Self.share($0)
            }
            choice = .share(share ?? 0)
        }
        if diagnostics.list.count > count { return nil }
    }

    /// `10%` or `0.25%` in 1/10,000; nil for anything else.
    private static func share(_ text: String) -> Int64? {
        guard text.hasSuffix("%") else { return nil }
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, (1...3).contains(first.utf8.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            parts.count == 1 || parts[1].utf8.count <= 2, let whole = Int64(first)
        else { return nil }
        let decimals = parts.count == 2 ? String(parts[1]) : "0"
        guard let fraction = Int64(decimals.utf8.count == 1 ? "\(decimals)0" : decimals) else { return nil }
        let share = whole * 100 + fraction
        return (1...Stages.whole).contains(share) ? share : nil
    }
}

extension Site {
    /// How long a commit is with other hosts before a host takes it, as `stages` of the site says; zero without stages.
    ///
    /// - Returns: nil where `site.yaml` or the inventory cannot be read.
    public func soak(for target: CompilationTarget) -> Duration? {
        if diagnostics.hasErrors { return nil }
        if settings.stages.list.isEmpty { return .zero }
        let scope = HostScope(target, files: files, secrets: nil)
        let compilation = HostCompilation(self, scope, areFactsKnown: target.facts != nil)
        compilation.readLabels()
        return settings.stages.soak(ofHost: target.identity.id) { condition in
            // What is not known, or cannot be asked of this host, does not put it in front of others.
            (try? scope.condition(condition, in: LocalScope(host: scope))) == true
        }
    }
}
