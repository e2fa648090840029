public import Hostinfo
import SystemCalls
public import Values

/// The files that pin who a host is, below its root.
public struct IdentityFiles: Sendable {
    private let root: String

    public init(root: String) {
        self.root = root
    }

    /// Pins an identity, and the id of the host where one is given; both are durable when it returns.
    ///
    /// - Throws: also without the privilege to write there.
    public func write(_ pin: PinnedIdentity, hostID: String?) throws(HostFault) {
        let folder = try StateFolder.made(below: root)
        try LocalFiles.write(Array("\(pin.datum.json)\n".utf8), to: "\(folder)/identity.json")
        if let hostID { try LocalFiles.write(Array("\(hostID)\n".utf8), to: "\(folder)/host-id") }
    }
}
