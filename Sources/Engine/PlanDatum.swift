public import Model

extension Plan {
    /// The plan as `--format json` prints it; secrets are redacted.
    public var datum: Datum {
        [
            "host": catalog.host.datum, "site": .string(catalog.site), "revision": .string(catalog.revision),
            "catalog": .string(catalog.digest.hexadecimal), "in_place": .int(Int64(inPlaceCount)),
            "removal_limit": .int(Int64(removalLimit)), "resources": .list(resources.map(\.datum)),
            "remarks": .list(remarks.map(\.datum)), "access": access?.datum ?? .null,
        ]
    }
}

extension HostIdentity {
    var datum: Datum { ["id": .string(id), "name": .string(name), "ip": ip.map { .string($0) } ?? .null] }
}

extension PlannedResource {
    var datum: Datum {
        let members: Datum = [
            "address": .string(address.description), "place": .string(declaration.place.description),
            "part_of": declaration.partOf.map { .string($0.address.description) } ?? .null,
            "action": .string(action.rawValue), "cause": cause.map { .string($0.rawValue) } ?? .null,
            "changes": changes.datum, "reason": reason.map { .string($0.text) } ?? .null,
            "hint": hint.map { .string($0) } ?? .null,
            "refreshed_by": refreshCause.map { .string($0) } ?? .null,
            "tries": (declaration.resource as? any Proving).map { .string($0.claim) } ?? .null,
            "refreshes": .list(refreshes.map { .string($0.description) }),
            "fingerprint": fingerprint.map { .string($0.hexadecimal) } ?? .null,
        ]
        guard case .map(let members) = members else { return members }
        return .map(members + FailureCode.members(of: code))
    }
}

extension Remark {
    var datum: Datum {
        [
            "address": .string(address.description), "place": .string(place.description), "text": .string(text),
        ]
    }
}

extension [Change] {
    var datum: Datum {
        .list(
            map { change in
                [
                    "property": .string(change.property), "old": change.old?.datum ?? .null,
                    "new": change.new?.datum ?? .null,
                ]
            })
    }
}

extension ShownText {
    var datum: Datum {
        switch self {
        case .text(let text): .string(text)
        case .content(let content) where content.isText && content.bytes.count <= 4096:
            .string(String(decoding: content.bytes, as: UTF8.self))
        case .content(let content):
            ["bytes": .int(Int64(content.bytes.count)), "sha256": .string(content.digest.hexadecimal)]
        case .digest(let byteCount, let digest):
            ["bytes": .int(Int64(byteCount)), "sha256": .string(digest.hexadecimal)]
        case .secret: .string("(secret)")
        }
    }
}

extension Report {
    /// The report as `--format json` prints it; secrets are redacted.
    public var datum: Datum {
        [
            "run": .int(Int64(run)), "in_place": .int(Int64(inPlaceCount + count(.inPlace))),
            "changed": .int(Int64(count(.changed))), "refreshed": .int(Int64(count(.refreshed))),
            "failed": .int(Int64(count(.failed))), "skipped": .int(Int64(count(.skipped))),
            "stale": .int(Int64(count(.stale))), "interrupted": .bool(isInterrupted), "access": access?.datum ?? .null,
            "outcomes": .list(outcomes.map(\.datum)), "rollbacks": .list(rollbacks.map(\.datum)),
            "not_tried_again": .list(disproofs.map { .string($0.text) }),
        ]
    }
}

extension Outcome {
    var datum: Datum {
        .map(
            [
                .init("address", .string(address.description)), .init("place", .string(place.description)),
                .init("part_of", partOf.map { .string($0.description) } ?? .null),
                .init("action", .string(action.rawValue)), .init("result", .string(result.rawValue)),
                .init("changes", changes.datum), .init("reason", reason.map { .string($0.text) } ?? .null),
                .init("hint", hint.map { .string($0) } ?? .null), .init("output", .string(output)),
            ] + FailureCode.members(of: code))
    }
}
