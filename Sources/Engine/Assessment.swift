public import Model

/// The observation of one declaration, without its Swift type.
struct Assessment {
    var isPresent: Bool
    var changes: [Change]
    var steps: [Step]
    /// Why the effect is unknown; nil where it is known.
    var uncertainty: String?
    /// The type's own observation, where an undo can make something of it.
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
        return try presence(of: resource, on: host)
    }

    private func presence(of resource: some Resource, on host: some HostReading) throws -> Assessment {
        try Self.presence(of: resource, as: resource.observe(on: host))
    }

    /// The same, with remarks on the object for a person.
    func assessment(on host: some HostReading, _ remarks: inout [Remark]) throws -> Assessment {
        var texts: [String] = [], assessment: Assessment
        if state == .absent, let resource = resource as? any Removable {
            assessment = try absence(of: resource, on: host)
            if !assessment.changes.isEmpty { texts = try remains(of: resource, on: host) }
        } else {
            (assessment, texts) = try remarkablePresence(of: resource, on: host)
        }
        for text in texts { remarks.append(Remark(address: address, place: place, text: text)) }
        return assessment
    }

    private func remarkablePresence<R: Resource>(
        of resource: R, on host: some HostReading
    ) throws -> (Assessment, [String]) {
        let observed = try resource.observe(on: host)
        let assessment = try Self.presence(of: resource, as: observed)
        if state == .absent { return (assessment, []) }
        return (assessment, try resource.remarks(on: observed, of: host, before: assessment.changes))
    }

    private static func presence<R: Resource>(of resource: R, as observed: R.Observed?) throws -> Assessment {
        let changes = resource.changes(from: observed)
        let uncertainty = resource.uncertainty(of: observed)
        let isPresent = observed.map { resource.isPresent(in: $0) } ?? false
        if changes.isEmpty, uncertainty == nil, isPresent {
            return Assessment(
                isPresent: isPresent, changes: [], steps: [], observation: R.isRestorable ? observed : nil)
        }
        let steps = try resource.steps(from: observed)
        // A declaration without properties differs too where nothing is there.
        let isMissing = changes.isEmpty && !isPresent && !steps.isEmpty
        return Assessment(
            isPresent: isPresent,
            changes: isMissing ? [Change("state", from: .text("absent"), to: .text("present"))] : changes,
            steps: steps, uncertainty: uncertainty, observation: R.isRestorable ? observed : nil)
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
        guard type(of: resource).isRestorable else { return nil }
        return (resource as? any Restorable)?.subject(assessment.observation)
    }

    private func remains(of resource: some Removable, on host: some HostReading) throws -> [String] {
        try resource.observe(on: host).map { try resource.remains(of: $0, on: host) } ?? []
    }

    /// Whether the object is there as it is declared; false where that is unknown.
    public func isInPlace(on host: some HostReading) -> Bool { (try? assessment(on: host))?.isInPlace ?? false }

    /// Whether observing it again after its steps must show no difference.
    var isVerifiable: Bool { !isOpaque }

    /// Whether nobody can foresee what it does.
    var isOpaque: Bool { type(of: resource).isOpaque }
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
