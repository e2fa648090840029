public import LinuxHostinfo
import Model

extension HostFacts {
    /// The facts of this host, with the system below a root.
    public convenience init(root: String) {
        self.init(tree: HostTree(root: root)) { Digest(of: $0).bytes }
    }

    /// The facts of a host that `hostinfo capture` stored in a folder.
    public convenience init(capture folder: String) {
        self.init(tree: HostTree(capture: folder)) { Digest(of: $0).bytes }
    }
}
