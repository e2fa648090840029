public import Model

extension FleetSummary {
    /// The difference for programs.
    public var datum: Datum {
        func names(_ positions: [Int]) -> Datum { .list(positions.map { .string(hosts[$0]) }) }
        func names(_ outcome: FleetDifference.Outcome) -> Datum {
            names(outcomes.indices.filter { outcomes[$0] == outcome })
        }
        let counts: Datum = .map(
            [
                ("hosts", hosts.count), ("same", count(.same)), ("changed", count(.changed)), ("new", count(.new)),
                ("gone", count(.gone)), ("refused", count(.refused)), ("refused_before", count(.mended)),
                ("unknown", count(.unknown)),
            ].map { Datum.Member($0.0, .int(Int64($0.1))) })
        return [
            "format": 1, "old": .string(old), "new": .string(new), "counts": counts,
            "groups": .list(groups.map { $0.datum(hosts: names($0.hosts)) }),
            "faults": .list(
                faults.map { fault in
                    [
                        "place": fault.diagnostic.place.map { .string("\($0)") } ?? .null,
                        "message": .string(fault.diagnostic.message),
                        "hint": fault.diagnostic.hint.map { .string($0) } ?? .null, "hosts": names(fault.hosts),
                    ]
                }), "new_hosts": names(.new), "gone_hosts": names(.gone), "refused_before": names(.mended),
            "unknown_hosts": names(.unknown),
            "not_known": .map(
                unknown.sorted { $0.key < $1.key }.map { Datum.Member("\($0.key)", .int(Int64($0.value))) }),
        ]
    }
}

extension FleetDifference.Group {
    fileprivate func datum(hosts: Datum) -> Datum {
        [
            "selector": selector.map { .string($0) } ?? .null, "hosts": hosts,
            "resources": .list(resources.map(\.datum)),
            "arrows": .list(
                arrows.map { arrow in
                    [
                        "from": .string("\(arrow.from)"), "to": .string("\(arrow.to)"), "reason": .string(arrow.reason),
                        "notifies": .bool(arrow.isNotification),
                    ]
                }),
        ]
    }
}

extension ResourceDifference {
    fileprivate var datum: Datum {
        [
            "address": .string("\(address)"), "kind": .string(kind.rawValue), "place": .string(place),
            "part_of": composite.map { .string("\($0)") } ?? .null, "bears_data": .bool(bearsData),
            "bears_on_access": .bool(bearsOnAccess), "fields": .list(fields.map(\.datum)),
        ]
    }
}

extension FieldDifference {
    fileprivate var datum: Datum {
        switch value {
        case .secret: ["name": .string(name), "secret": .bool(true)]
        case .lines(let lines): ["name": .string(name), "diff": .list(lines.map { .string($0) })]
        case .texts(let old, let new):
            [
                "name": .string(name), "old": old.map { .string($0) } ?? .null,
                "new": new.map { .string($0) } ?? .null,
            ]
        }
    }
}
