/// Where Lodestar's own files are below a root, without the slash at the beginning.
public enum OwnPaths {
    /// What an administrator writes: settings, identities, schedules.
    public static let settings = "etc/lodestar"
    /// What Lodestar knows: databases, caches, the host's id.
    public static let state = "var/lib/lodestar"
    /// Sockets of the running system.
    public static let runtime = "run/lodestar"
    /// The age identity that reads secrets.
    public static let identity = "\(settings)/identity"
    /// One file for each schedule.
    public static let schedules = "\(settings)/schedules.d"
    /// The facts that a site adds.
    public static let facts = "\(settings)/facts.d"
    /// The id that a host goes by, in a line.
    public static let hostID = "\(state)/host-id"
}
