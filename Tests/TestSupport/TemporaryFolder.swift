public import Foundation

/// A folder of its own for one test, removed with it.
public final class TemporaryFolder {
    public let path: String

    public init() {
        var template = Array("/var/tmp/lodestar-unit.XXXXXX".utf8CString)
        path = mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent"
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Makes a folder and its parents, and returns its path.
    @discardableResult
    public func folder(_ name: String, mode: mode_t = 0o755, owner: uid_t = 0, group: gid_t = 0) -> String {
        var place = path
        for part in name.split(separator: "/") {
            place += "/\(part)"
            mkdir(place, 0o755)
        }
        chown(place, owner, group)
        chmod(place, mode)
        return place
    }

    /// Writes a file, and returns its path.
    @discardableResult
    public func file(_ name: String, _ text: String = "", mode: mode_t = 0o644, owner: uid_t = 0, group: gid_t = 0)
        -> String
    {
        let place = "\(path)/\(name)"
        let descriptor = open(place, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let bytes = Array(text.utf8)
        write(descriptor, bytes, bytes.count)
        close(descriptor)
        chown(place, owner, group)
        chmod(place, mode)
        return place
    }

    /// Makes a symbolic link, and returns its path.
    @discardableResult
    public func link(_ name: String, to target: String, owner: uid_t = 0) -> String {
        let place = "\(path)/\(name)"
        symlink(target, place)
        lchown(place, owner, owner)
        return place
    }
}
