public import Model
import SystemCalls

/// The id that a root goes by, kept from the first apply on, so that another machine id or serial makes no other host
/// of it. `lodestar hostinfo accept` replaces it.
public struct PinnedHostID {
    private let path: String

    public init(root: String) {
        path = "\(StateFolder.path(below: root))/host-id"
    }

    /// Keeps the id, unless one is kept already.
    public func pin(_ id: String) throws(HostFault) {
        if let bytes = try LocalFiles.stateContents(of: path, limit: 4096), !bytes.isEmpty { return }
        try LocalFiles.write(Array("\(id)\n".utf8), to: path)
    }
}
