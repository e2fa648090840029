public import Fetching
import Model
import NIOCore
import NIOHTTP1
import NIOSSL
import SystemCalls

/// One request and its answer, redirects included, in this process and thread; what comes is handed on piece by piece.
public struct Transfer {
    private let request: FetchRequest
    private let body: [UInt8]
    /// `SystemClock.monotonicNanoseconds` by which all is done.
    private let deadline: UInt64
    private let authorities: NIOSSLTrustRoots

    /// What is said of it, in this order: an answer, pieces of its body.
    public enum Word {
        case answer(FetchAnswer)
        case piece([UInt8])
    }

    /// - Throws: for authorities that are no certificates.
    public init(_ request: FetchRequest, body: [UInt8]) throws(FetchFault) {
        (self.request, self.body) = (request, body)
        deadline = SystemClock.monotonicNanoseconds + UInt64(max(0, request.patience)) * 1_000_000_000
        authorities = try Self.authorities(request.authorities)
    }

    private static func authorities(_ text: String?) throws(FetchFault) -> NIOSSLTrustRoots {
        guard let text else { return .default }
        let certificates = (try? NIOSSLCertificate.fromPEMBytes(Array(text.utf8))) ?? []
        if certificates.isEmpty { throw FetchFault(.usage, "the file of authorities holds no certificate in PEM") }
        return .certificates(certificates)
    }

    /// Runs it to its end.
    public func run(_ say: (Word) throws(FetchFault) -> Void) throws(FetchFault) {
        var address = request.address
        for _ in 0...request.redirectCount {
            let route = Route(to: address, proxy: request.proxy, except: request.noProxy)
            let channel = try WireChannel(route, deadline: deadline, slowest: request.slowest, authorities: authorities)
            try channel.send(head(for: address), body)
            guard let next = try answered(channel, from: address, say) else { return }
            address = next
        }
        throw FetchFault(
            .answer, "it is sent elsewhere more than \(request.redirectCount) times, last to \(address.text)")
    }

    private func head(for address: WebAddress) -> HTTPRequestHead {
        var fields = HTTPHeaders([
            ("Host", address.hostField), ("User-Agent", "lodestar"), ("Accept", "*/*"), ("Connection", "close"),
        ])
        // What is said to one host is for no other.
        let isSame = address.host == request.address.host && address.port == request.address.port
        for field in request.fields where isSame || Self.harmlessFields.contains(field.name.lowercased()) {
            fields.add(name: field.name, value: field.value)
        }
        if request.isPost { fields.add(name: "Content-Length", value: "\(body.count)") }
        return HTTPRequestHead(
            version: .http1_1, method: request.isPost ? .POST : .GET, uri: address.target, headers: fields)
    }

    private static let harmlessFields: Set = ["range", "if-range", "if-none-match"]

    /// Hands on what is answered.
    ///
    /// - Returns: where it is sent instead; nil when it was handed on.
    private func answered(
        _ channel: WireChannel, from address: WebAddress, _ say: (Word) throws(FetchFault) -> Void
    ) throws(FetchFault) -> WebAddress? {
        var count = 0, isBegun = false
        while let part = try channel.next() {
            switch part {
            case .head(let head):
                if let next = try redirection(head, from: address) { return next }
                isBegun = true
                let known = FetchAnswer.knownFields.compactMap { name in
                    head.headers.first(name: name).map { FetchRequest.Field(name, $0) }
                }
                try say(.answer(FetchAnswer(status: Int(head.status.code), address: address.text, fields: known)))
            case .body(let buffer):
                count += buffer.readableBytes
                guard count <= request.limit else {
                    throw FetchFault(.answer, "the answer has more than \(request.limit) bytes")
                }
                var rest = buffer
                while rest.readableBytes > 0 {
                    try say(.piece(rest.readBytes(length: min(rest.readableBytes, Fetch.pieceLimit)) ?? []))
                }
            case .end: return nil
            }
        }
        throw FetchFault(
            .network,
            isBegun ? "the connection ended in the middle of the answer" : "the connection ended before an answer")
    }

    private func redirection(_ head: HTTPResponseHead, from address: WebAddress) throws(FetchFault) -> WebAddress? {
        guard !request.isPost, [301, 302, 303, 307, 308].contains(head.status.code),
            let location = head.headers.first(name: "location")
        else { return nil }
        guard let next = address.redirected(to: location), next.isEncrypted || !address.isEncrypted else {
            throw FetchFault(
                .answer,
                "it is sent to `\(WebAddress.withoutPassword(location).printableLine(columns: 120))`, and only https is followed"
            )
        }
        return next
    }
}
