import SystemFiles
public import Model

extension HostEntry: Importable {
    /// The hosts of /etc/hosts, but for the host itself and the addresses of the protocol, which every host has there.
    public static func addImports(from host: some HostReading, to findings: inout Findings<HostEntry>) throws {
        let lines = try host.document(TextLines.self, at: file)?.hostLines.filter { !$0.isUsual } ?? []
        var seen: Set<String> = []
        for line in lines where seen.insert(line.names[0]).inserted {
            guard let name = DomainName(line.names[0]) else {
                findings.omit("\(file): \(line.names[0]) is no name of a host")
                continue
            }
            let own = lines.filter { $0.names[0] == line.names[0] }
            let addresses = IPAddress.Family.allCases.compactMap { family in
                own.first { $0.address.family == family }?.address.text
            }
            var entry = HostEntry()
            entry.name = name
            entry.ip = try HostAddresses(decoding: Node(addresses.rendered, at: .nowhere))
            entry.aliases = line.names.dropFirst().compactMap { DomainName($0) }
            findings.add(entry)
        }
    }
}
