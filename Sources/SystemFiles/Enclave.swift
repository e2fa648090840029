public import Model

/// The rule of root's own directories in places of somebody else's (Docs/Decisions/0071).
public enum Enclave {
    /// The changes that are refused there: an owner that the object did not have, or a new right to write for others.
    public static func givesAway(owner: UInt32, _ permissions: Permissions, _ present: FileStatus?) -> Bool {
        let opened = permissions.bits & 0o022 & ~(present?.permissions.bits ?? 0)
        return (owner != 0 && owner != present?.owner) || opened != 0
    }

    /// The fault of a step that would bring it about.
    public static func fault(_ path: AbsolutePath) -> HostFault {
        HostFault(
            "give away", path.text, "it is in a directory of root's in a place of somebody else's, who may swap it")
    }
}
