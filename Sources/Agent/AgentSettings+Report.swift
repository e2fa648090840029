public import Model
public import Scheduling

extension AgentSettings {
    /// Who is told of each converge, and what.
    public struct Receiver: Sendable, Hashable {
        public var address: WebAddress
        /// A file with the token by which the receiver knows the host.
        public var tokenFile: AbsolutePath?
        /// The authorities that the receiver is believed by; nil for the system's.
        public var authority: AbsolutePath?
        /// The facts that are told; nil for all.
        public var facts: [String]? = []
        /// How many bytes of reports wait while the receiver takes none; the oldest go first.
        public var spoolSize = ByteSize(16 << 20)

        public init(_ address: WebAddress) { self.address = address }
    }

    /// The JSON Schema of what the agent tells of each converge (draft 2020-12).
    public static var reportSchema: String {
        String(decoding: PackageResources.report_schema_json, as: UTF8.self).trimmed
    }

    mutating func readReport(_ node: Node, into diagnostics: inout Diagnostics) {
        let reader = NodeReader(
            node, allowed: ["url", "token_file", "ca", "facts", "spool"], what: "report", into: &diagnostics)
        guard let url = reader["url"] else {
            return diagnostics.add(Diagnostic("expected `url` of the receiver, found none", at: node.place))
        }
        guard let text = url.text, let address = WebAddress(text) else {
            let problem = url.text.flatMap { WebAddress.problem(of: $0) } ?? "found \(url.found)"
            return diagnostics.add(
                Diagnostic("`url`: expected https://HOST/PATH: \(problem)", at: url.place))
        }
        var receiver = Receiver(address)
        receiver.tokenFile = reader.decoded("token_file", into: &diagnostics)
        receiver.authority = reader.decoded("ca", into: &diagnostics)
        reader.read("spool", &receiver.spoolSize, into: &diagnostics)
        if reader["facts"]?.text == "all" {
            receiver.facts = nil
        } else if reader["facts"] != nil {
            receiver.facts =
                reader.values("facts", "the name of a fact, or `all`", into: &diagnostics) { $0.isEmpty ? nil : $0 }
                ?? []
        }
        report = receiver
    }
}
