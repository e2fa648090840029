import CShim
import Glibc
import Hostinfo
import SystemCalls

/// Asks the kernel for its network by rtnetlink(7), without any child process.
enum Netlink {
    /// A dump with more bytes is cut: some hundred thousand routes.
    static let greatestByteCount = 64 << 20

    /// How often a dump is asked for that the kernel changed meanwhile.
    private static let greatestAttemptCount = 4

    private static let requests: (links: UInt16, addresses: UInt16, routes: UInt16, rules: UInt16) = (18, 22, 26, 34)

    static func layout(hasParent: (String) -> Bool) -> NetworkLayout {
        let socket = lodestar_netlink_open()
        guard socket >= 0 else {
            var layout = NetworkLayout()
            layout.gaps.append("no socket of rtnetlink: \(ErrorNumber.text(-socket))")
            return layout
        }
        defer { close(socket) }
        var gaps: [String] = []
        func dump(_ type: UInt16, _ family: Int32, _ name: String) -> [UInt8]? {
            var attempt = 1
            while true {
                let dump = lodestar_netlink_dump(socket, type, UInt8(family), greatestByteCount)
                defer { lodestar_dump_free(dump) }
                if dump.error != 0 {
                    // A kernel without IPv6 or without policy routing lacks these messages.
                    if dump.error != EOPNOTSUPP, dump.error != EAFNOSUPPORT {
                        gaps.append("\(name): \(ErrorNumber.text(dump.error))")
                    }
                    return nil
                }
                if dump.is_inconsistent != 0 {
                    attempt += 1
                    if attempt <= greatestAttemptCount { continue }
                    gaps.append("\(name): changed while they were read")
                }
                if dump.is_cut != 0 { gaps.append("\(name): more than \(greatestByteCount) bytes") }
                return Array(UnsafeBufferPointer(start: dump.bytes, count: dump.length))
            }
        }
        let dumps = NetworkLayout.Dumps(
            links: dump(requests.links, AF_UNSPEC, "links"),
            addresses: dump(requests.addresses, AF_UNSPEC, "addresses"),
            routes4: dump(requests.routes, AF_INET, "routes of IPv4"),
            routes6: dump(requests.routes, AF_INET6, "routes of IPv6"),
            rules4: dump(requests.rules, AF_INET, "rules of IPv4"),
            rules6: dump(requests.rules, AF_INET6, "rules of IPv6"))
        var layout = NetworkLayout(dumps, isHardware: hasParent)
        layout.gaps += gaps
        return layout
    }
}
