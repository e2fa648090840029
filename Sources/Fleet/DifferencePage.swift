import Model

extension FleetSummary {
    /// One page for a browser, which asks nothing of any network.
    public var page: String {
        var members: [Datum.Member] = []
        if case .map(let own) = datum { members = own }
        members.append(
            .init("alerts", .list(alerts.map { ["title": .string($0.title), "detail": .string($0.detail)] })))
        let named = zip(hosts, names).filter { $0.0 != $0.1 }
        members.append(.init("names", .map(named.map { Datum.Member($0.0, .string($0.1)) })))
        let template = String(decoding: PackageResources.page_html, as: UTF8.self)
        guard let mark = template.firstRange(ofText: "@DATA@") else { return template }
        // Inside a script, only `<` could end it.
        let data = Datum.map(members).json.replacing(scalar: "<", with: "\\u003c")
        return template[..<mark.lowerBound] + data + template[mark.upperBound...]
    }
}

extension String {
    fileprivate func firstRange(ofText text: String) -> Range<String.Index>? {
        let own = utf8, wanted = Array(text.utf8)
        var index = own.startIndex
        while let start = own[index...].firstIndex(of: wanted[0]) {
            if own[start...].starts(with: wanted) { return start..<own.index(start, offsetBy: wanted.count) }
            index = own.index(after: start)
        }
        return nil
    }
}
