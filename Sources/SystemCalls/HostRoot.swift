import CShim
import Glibc

/// The name of a root that is managed.
public enum HostRoot {
    /// `/` for the root that this program runs in, however it is written: `/.`, `/../`, `/proc/self/root`; any other
    /// text without the slashes at its end.
    public static func path(_ text: String) -> String {
        var given = stat(), own = stat()
        if stat(text, &given) == 0, stat("/", &own) == 0, given.st_dev == own.st_dev, given.st_ino == own.st_ino {
            return "/"
        }
        var path = text
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
