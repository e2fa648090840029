public import Values

/// Where something is on the web: `https://HOST[:PORT]/PATH`. Plain http only leads to this very host.
public struct WebAddress: Sendable, Hashable {
    public let text: String
    /// A name, or an address without brackets.
    public let host: String
    public let port: UInt16
    /// Whether it is https.
    public let isEncrypted: Bool
    /// What the server is asked for: the path with its query.
    public let target: String

    public init?(_ text: String) {
        guard Self.problem(of: text) == nil, let scheme = Self.scheme(of: text) else { return nil }
        let rest = text.dropFirst(scheme.utf8.count), place = rest.prefix { $0 != "/" }
        self.text = text
        isEncrypted = scheme == Self.encrypted
        target = String(rest.dropFirst(place.count))
        let end = place.hasPrefix("[") ? place.firstIndex(of: "]") : nil
        let mark = place[(end ?? place.startIndex)...].firstIndex(of: ":")
        host =
            end.map { String(place[place.index(after: place.startIndex)..<$0]) }
            ?? String(place[..<(mark ?? place.endIndex)])
        port = mark.flatMap { UInt16(place[place.index(after: $0)...]) } ?? (isEncrypted ? 443 : 80)
    }

    private static let encrypted = "https://", plain = "http://"

    private static func scheme(of text: String) -> String? { [encrypted, plain].first { text.hasPrefix($0) } }

    /// Whether a text is meant to be one, whether or not it can be read.
    public static func isMeant(by text: some StringProtocol) -> Bool {
        text.hasPrefix(encrypted) || text.hasPrefix(plain)
    }

    /// Why a text is none, in words; nil for a good one.
    public static func problem(of text: String) -> String? {
        if text.utf8.count > 2000 { return "at most 2,000 bytes" }
        guard let scheme = scheme(of: text) else { return "only https is taken" }
        let rest = text.dropFirst(scheme.utf8.count)
        if rest.utf8.contains(UInt8(ascii: "#")) { return "no part behind `#`" }
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\\\"<>^`{|}".utf8.contains($0) }) else {
            return "no blanks and no characters but those of addresses; `%20` stands for a blank"
        }
        guard rest.contains("/") else { return "a path follows the host" }
        let place = rest.prefix { $0 != "/" }
        if let problem = GitAddress.problem(ofHost: "\(place)/x", allowsUser: false) { return problem }
        if scheme == plain, !isLoopback(place) { return "plain http only leads to this very host" }
        return nil
    }

    /// A text for people, without what stands before `@` of a host.
    public static func withoutPassword(_ text: String) -> String {
        guard let start = text.firstRange(of: "://")?.upperBound else { return text }
        let host = text[start...].prefix { $0 != "/" }
        guard let at = host.lastIndex(of: "@"), host[..<at].contains(":") else { return text }
        return "\(text[..<start])***\(text[at...])"
    }

    private static func isLoopback(_ place: Substring) -> Bool {
        if place.hasPrefix("[") { return place.dropFirst().prefix { $0 != "]" } == "::1" }
        let host = place.prefix { $0 != ":" }
        return host == "localhost" || IPAddress(host)?.bytes.first == 127
    }

    /// The address, where the host is one.
    public var ipAddress: IPAddress? { IPAddress(host) }

    /// Host and port as a proxy is asked for them, and the host with its port where that is not the usual one.
    public var authority: String { "\(shownHost):\(port)" }
    public var hostField: String { port == (isEncrypted ? 443 : 80) ? shownHost : authority }
    private var shownHost: String { host.contains(":") ? "[\(host)]" : host }

    /// Where a server sends who asks here (RFC 9110 §10.2.2); nil for what is no address that can be asked.
    public func redirected(to location: String) -> WebAddress? {
        let location = String(location.prefix { $0 != "#" })
        if location.contains("://") { return WebAddress(location) }
        let start = (isEncrypted ? Self.encrypted : Self.plain)
        if location.hasPrefix("//") { return WebAddress(start + location.dropFirst(2)) }
        if location.hasPrefix("/") { return WebAddress(start + hostField + location) }
        let folder = target.prefix { $0 != "?" }
        guard let slash = folder.lastIndex(of: "/") else { return nil }
        return WebAddress(start + hostField + folder[...slash] + location)
    }
}
