import SystemFiles
import Model

extension Limit: LineImportable {
    static func filesOfLines(on host: some HostReading) throws -> [AbsolutePath] { try Limits.paths(on: host) }

    static func reading(_ path: AbsolutePath, on host: some HostReading) throws -> [Limit]? {
        guard let lines = try host.document(TextLines.self, at: path)?.limitLines else { return nil }
        let limits = lines.compactMap { limit(of: $0) }
        return limits.count == lines.count ? limits : nil
    }

    private static func limit(of line: LimitLine) -> Limit? {
        guard let domain = LimitDomain(line.domain), let item = LimitItem(rawValue: line.item),
            let value = try? LimitValue(decoding: Node(.string(line.value), at: .nowhere)),
            let type = LimitType.allCases.first(where: { $0.word == line.type })
        else { return nil }
        var limit = Limit()
        limit.name = "\(type == .both ? "" : "\(type.rawValue) ")\(item.rawValue) of \(domain.text)"
        (limit.domain, limit.type, limit.item, limit.value) = (domain, type, item, value)
        return limit
    }
}
