public import Model
import SystemCalls

/// What a transfer is asked for. It goes to the fetching process as a line of JSON on standard input, so that no password is among its words.
public struct FetchRequest: Sendable, Hashable {
    public var address: WebAddress
    /// Whether `body` is sent (POST); else something is brought (GET).
    public var isPost = false
    public var fields: [Field] = []
    /// The certificates that servers are believed by, as PEM; nil for the system's.
    public var authorities: String?
    /// Through whom https goes, and for which hosts not: `https_proxy` and `no_proxy`.
    public var proxy: String?
    public var noProxy: String?
    /// How long all of it may take; seconds.
    public var patience = 900
    /// The least that must come in a time, else it ends: 1 kB/s for a minute.
    public var slowest = Pace(seconds: 60, byteCount: 60_000)
    /// The most bytes of a body that are taken.
    public var limit = 16 << 20
    /// How often somebody may send it elsewhere.
    public var redirectCount = 3

    /// A field of a request or an answer; names of answers are in lower case.
    public struct Field: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }

    public struct Pace: Sendable, Hashable {
        public var seconds: Int
        public var byteCount: Int

        public init(seconds: Int, byteCount: Int) { (self.seconds, self.byteCount) = (seconds, byteCount) }
    }

    public init(_ address: WebAddress) {
        self.address = address
        proxy = ThisProcess.environment("https_proxy") ?? ThisProcess.environment("HTTPS_PROXY")
        noProxy = ThisProcess.environment("no_proxy") ?? ThisProcess.environment("NO_PROXY")
    }

    /// - Parameter bodyByteCount: how many bytes follow the line.
    func datum(bodyByteCount: Int) -> Datum {
        func text(_ text: String?) -> Datum { text.map { .string($0) } ?? .null }
        return [
            "url": .string(address.text), "post": .bool(isPost), "fields": fields.datum,
            "authorities": text(authorities),
            "proxy": text(proxy), "no_proxy": text(noProxy), "seconds": .int(Int64(patience)),
            "slow_seconds": .int(Int64(slowest.seconds)), "slow_bytes": .int(Int64(slowest.byteCount)),
            "limit": .int(Int64(limit)), "redirects": .int(Int64(redirectCount)),
            "body_bytes": .int(Int64(bodyByteCount)),
        ]
    }

    /// - Returns: nil for what `datum` does not write.
    public static func read(_ datum: Datum) -> (request: FetchRequest, bodyByteCount: Int)? {
        guard case .string(let url)? = datum["url"], let address = WebAddress(url) else { return nil }
        func text(_ key: String) -> String? { if case .string(let text)? = datum[key] { text } else { nil } }
        func number(_ key: String) -> Int? { if case .int(let number)? = datum[key] { Int(number) } else { nil } }
        var request = FetchRequest(address)
        request.isPost = datum["post"] == .bool(true)
        request.fields = [Field](datum["fields"])
        (request.authorities, request.proxy, request.noProxy) = (text("authorities"), text("proxy"), text("no_proxy"))
        request.patience = number("seconds") ?? request.patience
        request.slowest.seconds = number("slow_seconds") ?? request.slowest.seconds
        request.slowest.byteCount = number("slow_bytes") ?? request.slowest.byteCount
        request.limit = number("limit") ?? request.limit
        request.redirectCount = number("redirects") ?? request.redirectCount
        return (request, number("body_bytes") ?? 0)
    }
}

extension [FetchRequest.Field] {
    var datum: Datum { .map(map { Datum.Member($0.name, .string($0.value)) }) }

    init(_ datum: Datum?) {
        guard case .map(let members)? = datum else {
            self = []
            return
        }
        self = members.compactMap { if case .string(let value) = $0.value { Element($0.key, value) } else { nil } }
    }
}
