/// The mounts of a mount namespace, as `/proc/self/mountinfo` lists them (proc_pid_mountinfo(5)).
public struct MountTable {
    struct Mount {
        var id, parent: Int
        var path, kind, device: String
        var options: [String]
    }

    let mounts: [Mount]

    init(_ tree: some SourceTree) { self.init(lines: tree.lines("proc/self/mountinfo")) }

    /// - Parameter lines: those of mountinfo; what is no mount is left out.
    public init(lines: some Sequence<Substring>) {
        mounts = lines.compactMap { line in
            // Between two blanks there may be nothing: the source of a mount may be an empty text.
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count >= 10, let id = Int(words[0]), let parent = Int(words[1]),
                let dash = words[6...].firstIndex(of: "-"), dash + 2 < words.count
            else { return nil }
            return Mount(
                id: id, parent: parent, path: Self.unescaped(words[4]), kind: String(words[dash + 1]),
                device: Self.unescaped(words[dash + 2]), options: words[5].split(separator: ",").map(String.init))
        }
    }

    /// The mount points, in the order of the kernel's list.
    public var paths: [String] { mounts.map(\.path) }

    /// The mounts that their paths lead to: the others lie under a mount on the same directory or on one above it.
    var visible: [Mount] {
        // What is mounted on something that is not listed, as in a chroot, stands at the beginning.
        let ids = Set(mounts.map(\.id)), beginning = Int.min
        let above = Dictionary(grouping: mounts) { mount in
            mount.id != mount.parent && ids.contains(mount.parent) ? mount.parent : beginning
        }
        /// The mount on top of others at one place.
        func top(_ mount: Int, at path: String) -> Int {
            var mount = mount
            for _ in mounts {
                guard let next = above[mount]?.last(where: { $0.path == path })?.id else { break }
                mount = next
            }
            return mount
        }
        return mounts.filter { mount in
            var reached = top(beginning, at: "/"), place = ""
            for part in mount.path.split(separator: "/") {
                place += "/\(part)"
                reached = top(reached, at: place)
            }
            return reached == mount.id
        }
    }

    /// Blanks are written as a backslash and three octal digits.
    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = [], rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) {
                bytes.append(digits.reduce(0) { $0 &* 8 &+ ($1 - 0x30) })
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What is mounted on `/`: of several the last one counts (proc(5), /proc/self/mounts).
struct RootMount {
    let device, kind: String

    /// nil where the kernel does not tell.
    init?(_ tree: some SourceTree) {
        let found = tree.lines("proc/self/mounts").lazy.map {
            $0.split(separator: " ", omittingEmptySubsequences: false)
        }
        .last { $0.count > 2 && $0[1] == "/" }
        guard let found else { return nil }
        (device, kind) = (String(found[0]), String(found[2]))
    }
}
