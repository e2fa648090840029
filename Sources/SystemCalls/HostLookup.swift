import CShim
import Glibc
public import Values

/// The addresses of hosts by their names.
public enum HostLookup {
    private static let greatestCount = 16

    /// The addresses of a host, as /etc/hosts and DNS know it; of an address that address.
    ///
    /// - Throws: where there is no such name, or nobody who knows answers. It takes as long as resolv.conf(5) says.
    public static func addresses(of host: String) throws(HostFault) -> [IPAddress] {
        if let address = IPAddress(host) { return [address] }
        let entries = UnsafeMutablePointer<AddressBytes>.allocate(capacity: greatestCount)
        defer { entries.deallocate() }
        let count = lodestar_look_up(host, entries, Int32(greatestCount))
        switch count {
        case -ENOENT: throw HostFault("look up", host, "there is no such name", kind: .missing)
        case -EAGAIN: throw HostFault("look up", host, "no name server answers")
        case ..<0: throw HostFault("look up", host, ErrorNumber.text(-count))
        default: break
        }
        return (0..<Int(count)).compactMap { index in
            withUnsafeBytes(of: entries[index]) { IPAddress(bytes: Array($0.dropFirst().prefix(Int($0[0])))) }
        }
    }

    private typealias AddressBytes = (
        UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8,
        UInt8
    )
}
