import Fetching
import Model
import NIOCore
import NIOHTTP1
import NIOSSL

/// Whether the other side is who it must be: TLS 1.2 or later, a certificate of an authority that counts, for the name that was asked.
enum TLSIdentity {
    static func handler(for address: WebAddress, _ authorities: NIOSSLTrustRoots) throws -> NIOSSLClientHandler {
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.minimumTLSVersion = .tlsv12
        settings.trustRoots = authorities
        settings.applicationProtocols = ["http/1.1"]
        let context = try NIOSSLContext(configuration: settings)
        // An address is compared with the certificate as such, and is no name to ask by.
        return try NIOSSLClientHandler(context: context, serverHostname: address.ipAddress == nil ? address.host : nil)
    }

    /// What the handlers take for the other side's place: the host that is meant, also behind a proxy.
    static func place(of address: WebAddress) throws -> SocketAddress {
        guard let number = address.ipAddress else { return try SocketAddress(ipAddress: "127.0.0.1", port: 0) }
        return try SocketAddress(ipAddress: number.text, port: Int(address.port))
    }

    /// In words, what NIO's handlers found.
    static func fault(_ error: any Error, of address: WebAddress) -> FetchFault {
        func fault(_ kind: FetchFault.Kind, _ reason: String) -> FetchFault {
            FetchFault(kind, "\(address.authority): \(reason)")
        }
        switch error {
        case NIOSSLError.handshakeFailed(.sslError(let stack)):
            // BoringSSL's ssl.h: the reasons of a library are 12 bits, and 125 is CERTIFICATE_VERIFY_FAILED.
            if stack.contains(where: { $0.isVerification }) {
                return fault(.identity, "its certificate is of no authority that counts, or out of its time")
            }
            return fault(.identity, "no TLS can be agreed on: \(stack.map(\.description).first ?? "nobody says why")")
        case NIOSSLError.uncleanShutdown: return fault(.network, "the connection ended in the middle of the answer")
        case NIOSSLError.cannotFindPeerIP, is NIOSSLExtraError:
            return fault(.identity, "its certificate is for another name")
        case is NIOSSLError, is BoringSSLError: return fault(.identity, "no TLS can be agreed on: \(error)")
        case is HTTPParserError: return fault(.answer, "it answers something that is no HTTP: \(error)")
        default: return fault(.answer, "\(error)")
        }
    }
}

extension BoringSSLInternalError {
    fileprivate var isVerification: Bool { description.contains("CERTIFICATE_VERIFY_FAILED") }
}
