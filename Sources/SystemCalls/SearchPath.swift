import CShim
import Glibc

/// Where programs are looked for that are named without a path: the same for all that Lodestar starts.
public enum SearchPath {
    /// The directories, as `PATH` lists them.
    public static let text = lodestar_search_path().map { String(cString: $0) } ?? ""
    /// The variable of the environment.
    public static let variable = "PATH=\(text)"
    /// The environment of the program itself, where it is started by its own agent or bootstrap.
    public static let ownEnvironment =
        [variable, "LC_ALL=C.UTF-8", "HOME=/root", "SWIFT_BACKTRACE=enable=no"]
        + proxies.compactMap { name in ThisProcess.environment(name).map { "\(name)=\($0)" } }
    /// Through whom the web is asked.
    private static let proxies = ["https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"]

    /// Whether there is a program of a name.
    public static func has(_ program: String) -> Bool {
        text.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
    }
}
