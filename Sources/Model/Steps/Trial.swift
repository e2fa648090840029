public import Values

/// What must answer within a time and go on for a while: a question, asked again and again, that changes nothing.
public struct Trial: Sendable, Hashable {
    public enum Question: Sendable, Hashable {
        /// A GET request; the status must be this one, without one any from 200 to 299.
        case http(HTTPTarget, status: Int?)
        case tcp(SocketTarget)
        /// A program that must end with status 0.
        case command(CommandRun)
    }

    public var question: Question
    /// A text that the answer must have in it.
    public var expected: String?
    /// When it must have begun to answer.
    public var within: Duration
    /// How long it must go on.
    public var hold: Duration
    /// A unit that must go on too, without being started again.
    public var unit: String?

    public init(
        _ question: Question, expected: String? = nil, within: Duration, hold: Duration, unit: String? = nil
    ) {
        self.question = question
        self.expected = expected
        self.within = within
        self.hold = hold
        self.unit = unit
    }

    /// What is asked, such as `GET http://127.0.0.1:9100/metrics`.
    public var subject: String {
        switch question {
        case .http(let target, _): "GET \(target.text)"
        case .tcp(let target): "a connection to \(target.text)"
        case .command(let run): "`\(run.line.text)`"
        }
    }

    /// What must be answered, and for how long.
    public var demand: String {
        let answer =
            switch question {
            case .http(_, let status): "status \(status.map(String.init) ?? "200 to 299")"
            case .tcp: "an open port"
            case .command: "exit status 0"
            }
        let text = expected.map { " and \(Node.quoted($0))" } ?? ""
        return "\(answer)\(text) within \(within.text), for \(hold.text)"
    }
}

/// An address and a port, such as `127.0.0.1:9100` or `[::1]:9100`.
public struct SocketTarget: Sendable, Hashable, TextValue {
    public let text: String
    public let address: IPAddress
    public let port: UInt16

    public static var shape: Shape { .text(pattern: "^(\\[[0-9a-fA-F:.]+\\]|[0-9.]+|localhost):[0-9]+$") }
    public static let expectation = "an address and a port such as 127.0.0.1:9100 or [::1]:9100"
    public static let hint: String? = "names are not looked up, but for localhost (127.0.0.1)"

    public init?(_ text: String) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let host = text[..<colon], digits = text[text.utf8.index(after: colon)...]
        guard let port = UInt16(digits), port > 0, String(port) == digits else { return nil }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let word = host == "localhost" ? "127.0.0.1" : isBracketed ? host.dropFirst().dropLast() : host
        guard let address = IPAddress(word), isBracketed == (address.family == .ipv6) else { return nil }
        (self.text, self.address, self.port) = (text, address, port)
    }
}

/// A URL of plain HTTP on an address.
public struct HTTPTarget: Sendable, Hashable, TextValue {
    public let text: String
    public let socket: SocketTarget
    /// The path with its query.
    public let path: String

    public static var shape: Shape { .text(pattern: "^http://[^/]+(/.*)?$") }
    public static let expectation = "a URL such as http://127.0.0.1:9100/metrics"
    public static let hint: String? = "plain HTTP on an address; names are not looked up, but for localhost (127.0.0.1)"

    public init?(_ text: String) {
        let scheme = "http://"
        guard text.hasPrefix(scheme), text.utf8.count <= 2000 else { return nil }
        let rest = text.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }, path = rest.dropFirst(host.count)
        let hasPort = host.hasSuffix("]") ? false : host.last(where: { $0 == ":" || $0 == "]" }) == ":"
        guard let socket = SocketTarget(hasPort ? String(host) : "\(host):80") else { return nil }
        guard path.isEmpty || path.first == "/",
            path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") })
        else { return nil }
        (self.text, self.socket, self.path) = (text, socket, path.isEmpty ? "/" : String(path))
    }

    /// What the request says of the host.
    public var host: String { socket.text }
}
