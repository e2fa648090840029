import Fetching
import Model
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOSSL
import SystemCalls

/// A connection on which HTTP/1.1 is spoken, over TLS or without: NIO's handlers, fed from a socket by one thread that waits.
final class WireChannel {
    private let connection: Connection
    private let channel = EmbeddedChannel()
    private let route: Route
    private let slowest: FetchRequest.Pace
    private let deadline: UInt64
    /// When the time began in which `slowest` must come, and what came since.
    private var paceStart = SystemClock.monotonicNanoseconds
    private var paceCount = 0
    private var hasEnded = false

    /// The most bytes of all fields of an answer.
    private static let fieldLimit = 64 << 10
    /// How long one address is tried while there are others; milliseconds.
    private static let attempt = 30_000
    private static let pieceSize = 64 << 10

    init(
        _ route: Route, deadline: UInt64, slowest: FetchRequest.Pace, authorities: NIOSSLTrustRoots
    ) throws(FetchFault) {
        (self.route, self.deadline, self.slowest) = (route, deadline, slowest)
        let proxy = try route.proxyToAsk()
        connection = try Self.connected(
            to: proxy?.host ?? route.address.host, proxy?.port ?? route.address.port, by: deadline)
        if let proxy { try askProxy(proxy) }
        try catching {
            let handlers = channel.pipeline.syncOperations
            if route.address.isEncrypted {
                try handlers.addHandler(try TLSIdentity.handler(for: route.address, authorities))
            }
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderListSize = Self.fieldLimit
            try handlers.addHTTPClientHandlers(decoderLimitConfiguration: limits)
            channel.connect(to: try TLSIdentity.place(of: route.address), promise: nil)
            channel.embeddedEventLoop.run()
        }
        try flush()
    }

    /// Says all that is asked.
    func send(_ head: HTTPRequestHead, _ body: [UInt8]) throws(FetchFault) {
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        if !body.isEmpty {
            channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
        }
        channel.write(HTTPClientRequestPart.end(nil), promise: nil)
        channel.flush()
        try flush()
    }

    /// The next part of the answer; nil at the end of the connection.
    func next() throws(FetchFault) -> HTTPClientResponsePart? {
        while true {
            // What has come whole counts, whatever came behind it.
            if let part = try? channel.readInbound(as: HTTPClientResponsePart.self) { return part }
            if hasEnded { return nil }
            let bytes = try received()
            try catching {
                if bytes.isEmpty {
                    hasEnded = true
                    // To the handlers the end of a connection is its closing.
                    channel.close(promise: nil)
                    channel.embeddedEventLoop.run()
                    try channel.throwIfErrorCaught()
                } else {
                    try channel.writeInbound(ByteBuffer(bytes: bytes))
                }
            }
            if !hasEnded { try flush() }
        }
    }

    private func received() throws(FetchFault) -> [UInt8] {
        let windowEnd = paceStart + UInt64(slowest.seconds) * 1_000_000_000
        let bytes: [UInt8]?
        do throws(HostFault) { bytes = try connection.receive(atMost: Self.pieceSize, before: windowEnd) } catch {
            throw FetchFault(.network, "\(route.address.authority): \(error.reason)")
        }
        let now = SystemClock.monotonicNanoseconds
        if now >= deadline { throw FetchFault(.time, "it took too long") }
        paceCount += bytes?.count ?? 0
        if now >= windowEnd {
            guard paceCount >= slowest.byteCount else {
                throw FetchFault(
                    .time,
                    "\(route.address.authority): \(paceCount) bytes came in \(slowest.seconds) s, wanted at least \(slowest.byteCount)"
                )
            }
            (paceStart, paceCount) = (now, 0)
        }
        guard let bytes else { return try received() }
        return bytes
    }

    /// Sends what the handlers have to say.
    private func flush() throws(FetchFault) {
        while let buffer = try? channel.readOutbound(as: ByteBuffer.self) {
            try sent(Array(buffer.readableBytesView))
        }
    }

    private func sent(_ bytes: [UInt8]) throws(FetchFault) {
        do throws(HostFault) { try connection.send(bytes) } catch {
            throw FetchFault(.network, "\(route.address.authority): \(error.reason)")
        }
    }

    private func catching(_ body: () throws -> Void) throws(FetchFault) {
        do { try body() } catch let fault as FetchFault { throw fault } catch {
            throw TLSIdentity.fault(error, of: route.address)
        }
    }

    private static func connected(to host: String, _ port: UInt16, by deadline: UInt64) throws(FetchFault) -> Connection
    {
        do throws(HostFault) {
            var fault: HostFault?
            let addresses = try HostLookup.addresses(of: host)
            for address in addresses {
                let left = Int(
                    (max(deadline, SystemClock.monotonicNanoseconds) - SystemClock.monotonicNanoseconds) / 1_000_000)
                do throws(HostFault) {
                    return try Connection(
                        to: address, port: port, timeoutMilliseconds: left, attemptMilliseconds: min(left, attempt))
                } catch { fault = error }
            }
            throw fault ?? HostFault("look up", host, "it has no address")
        } catch {
            throw FetchFault(.network, error.text)
        }
    }

    /// Asks a proxy to lead to the host (RFC 9110 §9.3.6); what it says is read byte by byte, so that nothing behind it is lost.
    private func askProxy(_ proxy: Route.Proxy) throws(FetchFault) {
        var request = "CONNECT \(route.address.authority) HTTP/1.1\r\nHost: \(route.address.authority)\r\n"
        if let account = proxy.account { request += "Proxy-Authorization: Basic \(Base64.text(of: account))\r\n" }
        try sent(Array((request + "\r\n").utf8))
        var answer: [UInt8] = []
        while !answer.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let byte: [UInt8]?
            let by = paceStart + UInt64(slowest.seconds) * 1_000_000_000
            do throws(HostFault) { byte = try connection.receive(atMost: 1, before: by) } catch {
                throw FetchFault(.network, "the proxy \(proxy.host): \(error.reason)")
            }
            guard let byte else { throw FetchFault(.time, "the proxy \(proxy.host) does not answer") }
            answer += byte
            if byte.isEmpty || answer.count > Self.fieldLimit { break }
        }
        let words = String(decoding: answer.prefix(64), as: UTF8.self).split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1].prefix(3)) else {
            throw FetchFault(.answer, "the proxy \(proxy.host) answers something that is no HTTP")
        }
        guard status == 200 else {
            throw FetchFault(.network, "the proxy \(proxy.host) answers \(status) for \(route.address.authority)")
        }
    }
}
