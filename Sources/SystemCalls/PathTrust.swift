import CShim
import Glibc
import Values

/// Whether only root decides about a path. Files that decide what root does must be root's, no other user may be able to
/// write it or to put another thing in its place, and it must be no link.
public enum PathTrust {
    private static let greatestDepth = 64

    /// Why an entry must not be believed, in words; nil when it may be, or when nothing is there.
    ///
    /// Links of root's on the way are followed, with the same check on their way; the entry itself must be no link.
    /// A directory on the way may be open to all where its entries are protected (/tmp, the sticky bit).
    ///
    /// - Parameters:
    ///   - root: where an absolute link begins again; the path is below it.
    ///   - owners: the accounts that may own it.
    public static func objection(
        to path: String, below root: String = "/", owners: Set<UInt32> = [0]
    ) -> String? {
        if let objection = objection(toEntry: root, owners: owners, isOnTheWay: true) { return objection }
        var walk = LinkedPath(root == "/" ? absolute(path) : path, below: root)
        while let place = walk.next() {
            guard let status = status(of: place.path) else {
                return errno == ENOENT || errno == ENOTDIR ? nil : "it cannot be looked at: \(ErrorNumber.text(errno))"
            }
            if let objection = objection(to: status, at: place.path, owners: owners, isOnTheWay: !place.isLast) {
                return objection
            }
            guard status.st_mode & S_IFMT == S_IFLNK else { continue }
            guard let target = place.target ?? LocalFiles.linkTarget(place.path) else {
                return "\(place.path) cannot be looked at"
            }
            if place.isLast { return "expected no link, found one to \(target)" }
            // A process that could not be read before is another one now.
            if place.target == nil { return "\(place.path) cannot be looked at" }
            guard walk.linkCount <= LinkedPath.greatestLinkCount else {
                return "expected a path, found a circle of links at \(place.path)"
            }
        }
        return nil
    }

    /// The same of a directory and of everything below it. Links and hidden entries, which no site is read from, are left
    /// out.
    public static func objection(toAllBelow path: String, owners: Set<UInt32> = [0]) -> String? {
        objection(to: path, owners: owners) ?? objection(toEntriesOf: path, owners: owners, depth: 0)
    }

    private static func objection(toEntriesOf path: String, owners: Set<UInt32>, depth: Int) -> String? {
        guard depth < greatestDepth else { return "\(path) is more than \(greatestDepth) folders deep" }
        let names: [String]
        do throws(HostFault) {
            names = try LocalFiles.names(in: path)
        } catch {
            return error.text
        }
        for name in names where !name.hasPrefix(".") {
            let place = "\(path)/\(name)"
            guard let status = status(of: place) else {
                if errno == ENOENT { continue }
                return "\(place) cannot be looked at: \(ErrorNumber.text(errno))"
            }
            if status.st_mode & S_IFMT == S_IFLNK { continue }
            if let objection = objection(to: status, at: place, owners: owners, isOnTheWay: false) { return objection }
            if status.st_mode & S_IFMT == S_IFDIR,
                let objection = objection(toEntriesOf: place, owners: owners, depth: depth + 1)
            {
                return objection
            }
        }
        return nil
    }

    private static func objection(toEntry place: String, owners: Set<UInt32>, isOnTheWay: Bool) -> String? {
        guard let status = status(of: place) else { return nil }
        return objection(to: status, at: place, owners: owners, isOnTheWay: isOnTheWay)
    }

    private static func objection(
        to status: stat, at place: String, owners: Set<UInt32>, isOnTheWay: Bool
    ) -> String? {
        guard owners.contains(status.st_uid) else {
            return "expected \(place) to be root's, found the owner \(status.st_uid)"
        }
        // The mode of a link means nothing.
        guard status.st_mode & S_IFMT != S_IFLNK, status.st_mode & 0o022 != 0 else { return nil }
        if isOnTheWay {
            if status.st_mode & S_ISVTX != 0 { return nil }
            // The group of root is root; an access list may name others.
            if status.st_mode & 0o002 == 0, status.st_gid == 0, lodestar_has_access_list(place) == 0 { return nil }
        }
        let mode = String(status.st_mode & 0o7777, radix: 8)
        return "expected \(place) to be writable by its owner only, found the mode 0\(mode)"
    }

    private static func status(of place: String) -> stat? {
        var status = stat()
        return lstat(place, &status) == 0 ? status : nil
    }

    private static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return "\(String(cString: folder))/\(path)"
    }
}
