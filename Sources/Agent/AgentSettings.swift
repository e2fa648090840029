public import Model
public import Scheduling

/// What `/etc/lodestar/agent.yaml` says; without the file everything has its default.
public struct AgentSettings: Sendable {
    /// What the converge loop does about differences.
    public enum Mode: String, FieldValue, CaseIterable {
        /// Reports the differences and changes nothing.
        case report
        case apply
    }

    /// A time in which changes are allowed.
    public struct Window: Sendable {
        /// The definition whose ticks begin the window.
        public var definition: ScheduleDefinition
        public var length: Duration
    }

    /// How the site is applied.
    public struct Converge: Sendable {
        /// The site; nil: the loop is off.
        public var source: SiteSource?
        /// Of a source somewhere else.
        public var trust: SourceTrustSettings?
        /// After so many failed applies of one commit of such a source the agent only reports; nil: never.
        public var breaker: Int? = 3
        /// The root that is managed.
        public var root = AbsolutePath.root
        public var mode = Mode.report
        public var interval = Duration.seconds(1800)
        public var onStart = true
        public var onChange = true
        /// A run that takes longer is ended.
        public var timeout = Duration.seconds(3600)
        /// Empty: changes are allowed at all times.
        public var windows: [Window] = []

        public init() {}
    }

    /// Where the agent keeps its database and its reports.
    public var state: AbsolutePath
    /// Where its sockets are.
    public var runtime: AbsolutePath
    /// The directory of the schedules' definitions.
    public var schedules: AbsolutePath
    public var limits = StartLimits()
    public var converge = Converge()
    /// The file for node_exporter's textfile collector; nil for none.
    public var metrics: AbsolutePath?
    /// How large `reports.jsonl` becomes before it is put away, and how many of those are kept.
    public var reportSize = ByteSize(16 << 20)
    public var reportCount = 4
    /// How much output of all runs together is kept; the oldest goes first.
    public var outputSize = ByteSize(256 << 20)

    /// Who is told of each converge; nil for nobody.
    public var report: Receiver?

    public init() {
        state = AbsolutePath.root.appending(OwnPaths.state)
        runtime = AbsolutePath.root.appending(OwnPaths.runtime)
        schedules = AbsolutePath.root.appending(OwnPaths.schedules)
    }

    public static let path = "/\(OwnPaths.settings)/agent.yaml"

    public var databasePath: String { "\(state.text)/agent.db" }
    public var reportsPath: String { "\(state.text)/reports.jsonl" }
    public var socketPath: String { "\(runtime.text)/agent.sock" }
    /// The number is the version of what agent and keeper say to each other.
    public var keeperPath: String { "\(runtime.text)/keeper-1.sock" }
}
