import Fetching
import Model

/// Whom to connect to for an address: its host, or a proxy that leads there.
struct Route {
    let address: WebAddress
    /// What the variable says; nil for none.
    private let proxy: String?

    /// - Parameters:
    ///   - proxy: `http://[USER:PASSWORD@]HOST[:PORT]` or without `http://`, as curl(1) takes it.
    ///   - except: hosts that are asked without it, between commas: names with all below them, addresses, `*` for all.
    init(to address: WebAddress, proxy: String?, except: String?) {
        self.address = address
        let isAsked = address.isEncrypted && proxy?.isEmpty == false && !Self.excepts(except ?? "", address)
        self.proxy = isAsked ? proxy : nil
    }

    private static func excepts(_ list: String, _ address: WebAddress) -> Bool {
        let host = address.host.lowercased()
        return list.lowercased().split(whereSeparator: { $0 == "," || $0 == " " }).contains { entry in
            if entry == "*" || entry == host || entry == address.authority { return true }
            if address.ipAddress != nil { return false }
            let name = entry.first == "." ? entry.dropFirst() : entry
            return host == name || host.hasSuffix(".\(name)")
        }
    }

    /// A proxy as it was given, read.
    struct Proxy {
        var host: String
        var port: UInt16
        /// `USER:PASSWORD`, `%XX` resolved.
        var account: [UInt8]?
    }

    /// The proxy that is asked; nil for none.
    func proxyToAsk() throws(FetchFault) -> Proxy? {
        guard let proxy else { return nil }
        let problem = FetchFault(.usage, "expected https_proxy as http://HOST:PORT, found something else")
        var rest = proxy[...]
        if let mark = rest.firstRange(of: "://") {
            guard rest[..<mark.lowerBound].lowercased() == "http" else { throw problem }
            rest = rest[mark.upperBound...]
        }
        rest = rest.prefix { $0 != "/" }
        var account: [UInt8]?
        if let at = rest.lastIndex(of: "@") {
            guard let bytes = Self.unescaped(rest[..<at]) else { throw problem }
            account = bytes
            rest = rest[rest.index(after: at)...]
        }
        // The same form as an address of plain http has, whose host is not looked at.
        guard let place = WebAddress("https://\(rest)/") else { throw problem }
        let hasPort = rest.last != "]" && rest.contains(":") && (!rest.hasPrefix("[") || rest.contains("]:"))
        return Proxy(host: place.host, port: hasPort ? place.port : 80, account: account)
    }

    private static func unescaped(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = [], rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        return bytes
    }
}
