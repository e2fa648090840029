public import Model

/// What is mounted, as /proc/self/mountinfo lists it (proc_pid_mountinfo(5)).
public struct MountedFileSystems: HostDocument {
    public struct Mount: Sendable, Hashable {
        /// The device's number, such as `8:1`.
        public var number: String
        /// The directory of the file system that is mounted.
        public var root: String
        public var path: String
        public var options: [String]
        public var type: String
        public var source: String
    }

    /// As they were read.
    public let bytes: [UInt8]
    public private(set) var mounts: [Mount]

    public static let place = AbsolutePath.root.appending("proc/self/mountinfo")

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        mounts = String(decoding: bytes, as: UTF8.self).textLines().compactMap { line in
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count >= 9, let dash = words[6...].firstIndex(of: "-"), dash + 2 < words.count else {
                return nil
            }
            func text(_ position: Int) -> String { OctalEscapes.unescaped(words[position].utf8) }
            let others = dash + 3 < words.count ? words[dash + 3].split(separator: ",").map(String.init) : []
            let options = words[5].split(separator: ",").map(String.init)
            return Mount(
                number: String(words[2]), root: text(3), path: text(4),
                options: options + (others.contains("ro") ? ["ro"] : []), type: text(dash + 1), source: text(dash + 2))
        }
    }

    /// What is mounted at a path; of several the last one, which lies on top.
    public func mount(at path: AbsolutePath) -> Mount? { mounts.last { $0.path == path.text } }

    /// Where a path is: the number of its device, and its place there.
    public func location(of path: AbsolutePath) -> (number: String, root: String)? {
        var place: AbsolutePath? = path
        while let folder = place {
            if let mount = mount(at: folder) {
                let below = folder == .root ? path.text.dropFirst() : path.text.dropFirst(folder.text.count + 1)
                let root = mount.root == "/" ? "" : mount.root
                return (mount.number, below.isEmpty ? mount.root : "\(root)/\(below)")
            }
            place = folder.parent
        }
        return nil
    }
}

/// The table in memory, as mount(8) and umount(8) change it.
extension MountedFileSystems {
    public mutating func add(_ mounting: Mounting) {
        let options = MountOptions(mounting.options)
        var mount = Mount(
            number: "0:\(1000 + mounts.count)", root: "/", path: mounting.path.text, options: options.flags.sorted(),
            type: mounting.type, source: mounting.device)
        if options.isBound, let source = AbsolutePath(mounting.device), let place = location(of: source) {
            (mount.number, mount.root) = place
        }
        mounts.append(mount)
    }

    public mutating func change(_ mounting: Mounting) {
        guard let position = mounts.lastIndex(where: { $0.path == mounting.path.text }) else { return }
        mounts[position].options = MountOptions(mounting.options).flags.sorted()
    }

    public mutating func remove(_ path: AbsolutePath) {
        guard let position = mounts.lastIndex(where: { $0.path == path.text }) else { return }
        mounts.remove(at: position)
    }

    public var text: String {
        mounts.map { mount in
            let places = [mount.root, mount.path].map(OctalEscapes.escaped).joined(separator: " ")
            let options = mount.options.isEmpty ? "rw" : mount.options.joined(separator: ",")
            return "0 0 \(mount.number) \(places) \(options) - \(mount.type) \(OctalEscapes.escaped(mount.source)) rw\n"
        }.joined()
    }
}
