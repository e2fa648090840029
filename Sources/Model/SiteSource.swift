/// Where a site comes from, as an operator names it: on a command line, in the agent's settings, in a saved plan.
///
/// Another kind of source is a case here; `parsing` tells it from a directory, and `opened()` of OperatorFiles opens it.
public enum SiteSource: Sendable, Hashable {
    /// The path of a directory.
    case directory(String)

    public init(parsing text: String) {
        self = .directory(text)
    }

    /// The text that `init(parsing:)` reads.
    public var text: String {
        switch self {
        case .directory(let path): path
        }
    }

    /// The directory in which an operator works on the site: secrets are written there, its changes are watched.
    public var workingDirectory: String {
        switch self {
        case .directory(let path): path
        }
    }
}
