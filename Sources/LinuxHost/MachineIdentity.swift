import Glibc
public import Model

/// The id of a host: the machine id of its root (machine-id(5)), else one made from its name; pinned at the first apply.
public struct MachineIdentity: HostIdentifying {
    let root: String

    public init(root: String) {
        self.root = root == "/" ? "" : root
    }

    private var pinFile: String { "\(StateFolder.path(below: root.isEmpty ? "/" : root))/host-id" }

    public func hostIdentifier() throws(HostFault) -> String {
        if let pinned = try firstLine(pinFile) { return pinned }
        if let id = try firstLine("\(root)/etc/machine-id"), id != "uninitialized" { return id }
        // A root that never booted has none yet: its name stands in until the first apply pins it.
        guard case .string(let name)? = try HostFacts(root: root.isEmpty ? "/" : root).fact("hostname") else {
            throw HostFault("identify", "this host", "there is no \(root)/etc/machine-id and no host name")
        }
        return String(Digest(of: "host-name/v1\u{0}\(name)").hexadecimal.prefix(32))
    }

    /// Keeps the id, so that another machine id later makes no other host of it.
    public func pin(_ id: String) throws(HostFault) {
        if try firstLine(pinFile) == nil { try LocalFiles.write(Array("\(id)\n".utf8), to: pinFile) }
    }

    private func firstLine(_ path: String) throws(HostFault) -> String? {
        guard let bytes = try LocalFiles.contents(of: path, limit: 4096) else { return nil }
        let line = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        return line.isEmpty ? nil : line
    }
}
