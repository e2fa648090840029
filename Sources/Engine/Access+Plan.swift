public import Model

extension Access {
    /// Says of each way which declaration it comes from.
    public mutating func attribute(to declarations: [Declaration]) {
        let named = Set(ways.lazy.flatMap(\.source.objects))
        var owners: [HostObject: Int] = [:]
        for position in declarations.indices where declarations[position].state == .present {
            for object in declarations[position].resource.objects where named.contains(object) {
                owners[object] = owners[object] ?? position
            }
        }
        for index in ways.indices {
            guard let owner = ways[index].source.objects.lazy.compactMap({ owners[$0] }).first else { continue }
            ways[index].source.address = declarations[owner].address
            ways[index].source.place = declarations[owner].place
        }
    }

    /// The same by what was applied last; where that stands nobody knows.
    public mutating func attribute(to ledger: [LedgerEntry]) {
        let owners = Dictionary(
            ledger.filter { $0.custody != .released }.map { ($0.object, $0.address) },
            uniquingKeysWith: { first, _ in first })
        for index in ways.indices where ways[index].source.address == nil {
            ways[index].source.address = ways[index].source.objects.lazy.compactMap { owners[$0.text] }.first
        }
    }

    /// As `lodestar access --format json` prints it.
    public var datum: Datum {
        [
            "ways": .list(ways.map(\.datum)),
            "obstacles": .map(
                obstacles.sorted { $0.key < $1.key }.map { .init($0.key, .list($0.value.map { .string($0) })) }),
            "remarks": .list(remarks.map { .string($0) }),
        ]
    }
}

extension WayIn {
    var datum: Datum {
        [
            "account": .string(account), "goal": .string(goal.rawValue), "kind": .string(kind.rawValue),
            "detail": .string(detail), "note": note.isEmpty ? .null : .string(note), "reach": .string(reach.rawValue),
            "full": .bool(isFull), "file": .string(source.path.text),
            "line": source.line.map { .int(Int64($0)) } ?? .null,
            "address": source.address.map { .string("\($0)") } ?? .null,
            "place": source.place.map { .string("\($0)") } ?? .null,
        ]
    }
}

extension AccessDifference {
    var datum: Datum {
        [
            "added": .list(added.map(\.datum)), "removed": .list(removed.map(\.datum)),
            "lockout": .list(lockout.map { .string($0) }),
        ]
    }

    /// `access: + ana may log in (key SHA256:..; authorized_key:ana)`, a line for each way.
    public var lines: [String] {
        let changes = added.map { ("+", $0) } + removed.map { ("-", $0) }
        return changes.enumerated().map { index, change in
            let (sign, way) = change
            let head = index == 0 ? "access: " : "        "
            return "\(head)\(sign) \(way.claim) (\(way.detail); \(way.source.origin))".printable
        }
    }

    /// Why it is refused; nil where it is not.
    var refusal: String? {
        let reasons = lockout
        guard let first = reasons.first else { return nil }
        return (["refused: \(first) (--allow-lockout)"] + reasons.dropFirst().map { "  \($0)" })
            .map(\.printable).joined(separator: "\n")
    }
}
