public import Model

/// The observation of one declaration, without its Swift type.
struct Assessment {
    var isPresent: Bool
    var changes: [Change]
    var steps: [Step]
    /// Why the effect is unknown; nil where it is known.
    var uncertainty: String?
    /// The type's own observation.
    var observation: (any Sendable)?

    var isInPlace: Bool { changes.isEmpty && uncertainty == nil }
}

extension [Change] {
    /// Two observations with one fingerprint lead to the same steps.
    var fingerprint: Digest {
        Digest(
            of: map { change in
                let parts = [
                    change.property, change.old?.fingerprint ?? "-", change.new?.fingerprint ?? "-",
                    change.witness?.hexadecimal ?? "",
                ]
                return parts.joined(separator: "\u{1}") + "\u{2}"
            }.joined())
    }
}

extension Declaration {
    /// Observes the object and says what differs; the steps too where something does.
    func assessment(on host: some HostReading) throws -> Assessment {
        if state == .absent, let resource = resource as? any Removable {
            return try absence(of: resource, on: host)
        }
        return try Self.presence(of: resource, on: host)
    }

    private static func presence(of resource: some Resource, on host: some HostReading) throws -> Assessment {
        let observed = try resource.observe(on: host)
        let changes = resource.changes(from: observed)
        let uncertainty = resource.uncertainty(of: observed)
        let isPresent = observed.map { resource.isPresent(in: $0) } ?? false
        if changes.isEmpty, uncertainty == nil, isPresent {
            return Assessment(isPresent: isPresent, changes: [], steps: [], observation: observed)
        }
        let steps = try resource.steps(from: observed)
        // A declaration without properties differs too where nothing is there.
        let isMissing = changes.isEmpty && !isPresent && !steps.isEmpty
        return Assessment(
            isPresent: isPresent,
            changes: isMissing ? [Change("state", from: .text("absent"), to: .text("present"))] : changes,
            steps: steps, uncertainty: uncertainty, observation: observed)
    }

    private func absence(of resource: some Removable, on host: some HostReading) throws -> Assessment {
        guard let observed = try resource.observe(on: host), resource.isPresent(in: observed) else {
            return Assessment(isPresent: false, changes: [], steps: [])
        }
        let steps =
            try onUndeclared == .remove ? resource.removalWithData(of: observed) : resource.removal(of: observed)
        let lost = steps.compactMap { step -> Change? in
            guard case .file(.remove(let removal)) = step, removal.isRecursive else { return nil }
            return Change("removes", from: nil, to: .text("\(removal.path) and everything below it"))
        }
        return Assessment(
            isPresent: true, changes: [Change("state", from: .text("present"), to: .text("absent"))] + lost,
            steps: steps, observation: observed)
    }

    /// What is more than files of the resource, as it was observed; nil where no declaration can say it.
    func former(_ assessment: Assessment) -> Image.Subject? {
        (resource as? any Restorable)?.subject(assessment.observation)
    }

    /// Remarks on the object for a person.
    func remarks(on host: some HostReading, before changes: [Change]) throws -> [Remark] {
        var texts: [String] = []
        if state == .absent, !changes.isEmpty, let resource = resource as? any Removable {
            texts = try remains(of: resource, on: host)
        } else if state == .present, let resource = resource as? any Remarking {
            texts = try resource.remarks(on: host, before: changes)
        }
        return texts.map { Remark(address: address, place: place, text: $0) }
    }

    private func remains(of resource: some Removable, on host: some HostReading) throws -> [String] {
        try resource.observe(on: host).map { try resource.remains(of: $0, on: host) } ?? []
    }

    /// Whether the object is there as it is declared; false where that is unknown.
    public func isInPlace(on host: some HostReading) -> Bool { (try? assessment(on: host))?.isInPlace ?? false }

    /// Whether observing it again after its steps must show no difference.
    var isVerifiable: Bool { !(resource is any Opaque) }
}

extension Restorable {
    fileprivate func subject(_ observation: (any Sendable)?) -> Image.Subject {
        .resource(former(observation as? Observed).map { RecordedFields(of: $0) })
    }
}

extension Declaration {
    /// The first property that is not as declared; nil where everything is.
    public func differingProperty(on host: some HostReading) throws -> String? {
        let assessment = try assessment(on: host)
        return assessment.isInPlace ? nil : assessment.changes.first?.property ?? "state"
    }
}
