public import Model

/// The entries of one tree, after it was looked at what lies below what and where links lead: nothing of it can leave the
/// folder that it is put into.
public struct TreeLayout: Sendable {
    /// Folders before what is in them.
    public private(set) var entries: [TreeEntry]
    private var places: [AbsolutePath: Int]

    public struct Fault: Error, Sendable {
        /// The entry that is at fault.
        public var path: AbsolutePath
        /// What it is or does, such as `is in it twice`.
        public var reason: String
    }

    private static let slash = UInt8(ascii: "/"), dot = UInt8(ascii: ".")

    /// Adds the folders that nobody names.
    public init(_ entries: [TreeEntry]) throws(Fault) {
        self.entries = entries
        places = [:]
        for (index, entry) in entries.enumerated() {
            guard places.updateValue(index, forKey: entry.path) == nil else {
                throw Fault(path: entry.path, reason: "is in it twice")
            }
        }
        for entry in entries {
            for parent in sequence(first: entry.path, next: \.parent).dropFirst() where parent != .root {
                if let index = places[parent] {
                    if self.entries[index].kind == .directory { continue }
                    throw Fault(
                        path: entry.path, reason: "lies below `\(parent.text.dropFirst())`, which is no folder")
                }
                places[parent] = self.entries.count
                self.entries.append(TreeEntry(parent, .directory, Permissions(0o755)))
            }
        }
        for entry in entries {
            guard case .link(let target) = entry.body else { continue }
            // The record has a line for each entry.
            if target.utf8.contains(UInt8(ascii: "\n")) {
                throw Fault(path: entry.path, reason: "is a link of which the target has a newline")
            }
            if staysInside(entry.path, target) { continue }
            throw Fault(path: entry.path, reason: "is a link that leads out of it, to `\(target)`")
        }
        self.entries.sort { $0.path.text.utf8.lexicographicallyPrecedes($1.path.text.utf8) }
    }

    /// Whether a link, and each one that it leads through, stays below the folder.
    private func staysInside(_ link: AbsolutePath, _ target: String) -> Bool {
        var place = link.parent ?? .root, rest = Self.steps(of: target), followed = 0
        if target.isEmpty || target.utf8.first == Self.slash { return false }
        while let part = rest.popFirst() {
            if part == [Self.dot] { continue }
            if part == [Self.dot, Self.dot] {
                guard let parent = place.parent else { return false }
                place = parent
                continue
            }
            let next = place.appending(String(decoding: part, as: UTF8.self))
            guard let index = places[next], case .link(let further) = entries[index].body else {
                place = next
                continue
            }
            followed += 1
            // The kernel follows no more (path_resolution(7)): such a link leads nowhere.
            if followed > 40 { return true }
            if further.utf8.first == Self.slash { return false }
            rest = Self.steps(of: further) + rest
        }
        return true
    }

    private static func steps(of target: String) -> ArraySlice<ArraySlice<UInt8>> {
        Array(target.utf8).split(separator: slash)[...]
    }
}
