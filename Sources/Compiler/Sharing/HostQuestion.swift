import Model

/// What an evaluation asks of a host. The site is the same for all of them, and is not asked.
enum HostQuestion: Hashable {
    /// A fact or a label by its name and the names below.
    case member(RecordedMap.Subject, [String])
    /// The names of a mapping's members.
    case names(RecordedMap.Subject, [String])
    /// A part of `host`.
    case identity(String)
    /// A key of the layers' data.
    case data(String)
    case dataNames
    /// The host's share by a key.
    case spread(String, Int64)
    /// A file of the site, or a folder with its slash, where two sites are compared: whether it is the one of the new site.
    case site(String)

    /// Whether two sites may answer otherwise for the same host with the same facts.
    var dependsOnSite: Bool {
        switch self {
        case .member(.facts, _), .names(.facts, _), .identity, .spread: false
        case .member, .names, .data, .dataNames, .site: true
        }
    }
}

/// The answer of one host.
enum HostAnswer: Hashable {
    case nothing
    /// A mapping, whose members are asked one by one.
    case mapping
    case value(Datum)
    case text(String)
    case names([String])
    case number(Int64)
    case share(Int32)
}

extension HostScope {
    func answer(to question: HostQuestion) -> HostAnswer {
        switch question {
        case .member(let subject, let names):
            switch datum(subject, names) {
            case nil: .nothing
            case .map: .mapping
            case let value?: .value(value)
            }
        case .names(.facts, []): .names(factSource?.names ?? [])
        case .names(let subject, []): .names(labels(subject).map(\.key))
        case .names(let subject, let names):
            if case .map(let members)? = datum(subject, names) { .names(members.map(\.key)) } else { .nothing }
        case .identity(let name):
            switch name {
            case "id": .text(identity.id)
            case "name": .text(identity.name)
            case "ip": identity.ip.map { .text($0) } ?? .nothing
            default: .nothing
            }
        case .data(let key): .text((data as? RecordedData)?.layers.sources(of: key) ?? "")
        case .dataNames: .text((data as? RecordedData)?.layers.sources ?? "")
        case .site(let path): .share(differingFrom?.differs(path) == true ? 1 : 0)
        case .spread(let key, let count):
            share(Spread(hostIdentifier: identity.id, key: key).offset(in: count), of: count)
        }
    }

    private func share(_ number: Int64, of count: Int64) -> HostAnswer {
        count <= Int32.max ? .share(Int32(number)) : .number(number)
    }

    private func labels(_ subject: RecordedMap.Subject) -> [Datum.Member] {
        subject == .ownLabels ? ownLabels : allLabels
    }

    /// A fact or a label by its name and the names below.
    func datum(_ subject: RecordedMap.Subject, _ names: [String]) -> Datum? {
        let first = names[0]
        var value: Datum?
        if subject == .facts {
            value = (try? factSource?.fact(first)) ?? nil
        } else {
            value = labels(subject).first { $0.key == first }?.value
        }
        for name in names.dropFirst() { value = value?[name] }
        return value
    }
}
