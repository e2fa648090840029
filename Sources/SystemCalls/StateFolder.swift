public import Values

/// Where Lodestar keeps what it knows, below the managed root.
public enum StateFolder {
    /// Lodestar's own files in it that decide what root does.
    private static let files = [
        "lock", "state.db", "catalog.cache", "settled.cache", "cache.key", "host-id", "confirm.json",
        "source/record.json", "source/status.json",
    ]

    /// The folder of a root, without making it. Links on the way are resolved within the root: an absolute one does not
    /// lead out of it.
    public static func path(below root: String) -> String { resolved(below: root) }

    /// Why what is in the folder must not be believed: it is not root's, others can write to it, or it is a link. nil when
    /// it may be, or when nothing is there.
    public static func objection(below root: String) -> String? {
        let folder = resolved(below: root)
        let inside = root == "/" ? folder : String(folder.dropFirst(root.count))
        if let objection = PathTrust.objection(to: inside, below: root) { return objection }
        return files.lazy.compactMap { PathTrust.objection(to: "\(inside)/\($0)", below: root) }.first
    }

    private static func resolved(below root: String) -> String {
        // In a circle of links there is no last place: opening the path fails.
        LinkedPath(OwnPaths.state, below: root).first { $0.isLast }?.path
            ?? "\(root == "/" ? "" : root)/\(OwnPaths.state)"
    }

    /// The folder, made with mode 0700 where it is missing.
    public static func made(below root: String) throws(HostFault) -> String {
        let folder = resolved(below: root)
        try LocalFiles.makeDirectory(folder, mode: 0o700)
        return folder
    }
}
