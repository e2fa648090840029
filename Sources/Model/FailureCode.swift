/// Why something failed, as five digits `L C NNN` that programs and tables of a fleet can count by.
///
/// L is the layer: 5 agent and source, 6 engine and resource types, 7 a command or a package itself, 8 the environment. C is the class: 0
/// input, 1 trust and rights, 2 resources, 3 time, 4 network, 5 internal, 6 environment. This is the one table; numbers are never given twice.
public enum FailureCode: Int, Sendable, CaseIterable {
    case siteRefused = 50001, siteMissing = 50002, usage = 50003
    case untrusted = 51001, noPrivilege = 51002, unsafe = 51003
    case ended = 53001
    case unreachable = 54001
    case commandFailed = 55001, internalError = 55002
    case locked = 56001
    case refusal = 60001, stale = 60002, changedSinceRun = 60003, unknown = 60004
    case interrupted = 63001
    case stillDiffers = 65001
    case dependency = 66001, held = 66002, resourcesFailed = 66003
    case disproof = 76001, operation = 76002
    case notAllowed = 81001
    case noSpace = 82001, noMemory = 82002, noDescriptors = 82003
    case timedOut = 83001
    case noNetwork = 84001, sourceGone = 84002
    case readOnly = 86001, damagedDisk = 86002, missing = 86003, busy = 86004, isolation = 86005

    /// Who can do something about it.
    public enum Attribution: String, Sendable {
        /// Lodestar itself; who wrote the site; the host and what it needs.
        case platform, user, environment
    }

    /// What a row of the table says.
    public struct Row: Sendable {
        public var meaning: String
        /// What to do about it.
        public var advice: String
        public var attribution: Attribution
        /// Whether the same may succeed later although nobody has changed the site.
        public var isRetryable: Bool

        init(_ meaning: String, _ attribution: Attribution, retry isRetryable: Bool, _ advice: String) {
            (self.meaning, self.advice, self.attribution, self.isRetryable) = (
                meaning, advice, attribution, isRetryable
            )
        }
    }

    public var row: Row {
        switch self {
        case .siteRefused:
            Row("the site is refused", .user, retry: false, "`lodestar check` tells all its mistakes with their places")
        case .siteMissing:
            Row("there is no such site", .user, retry: true, "look at `source` of agent.yaml, and whether it is there")
        case .usage:
            Row(
                "the command cannot be called so", .user, retry: false,
                "look at the words of the command and at agent.yaml")
        case .untrusted:
            Row(
                "the newest commit or bundle is not trusted; the last one goes on", .user, retry: true,
                "`lodestar source status` says why; sign it, or allow its key")
        case .noPrivilege: Row("root's privileges are needed", .environment, retry: false, "run it as root")
        case .unsafe:
            Row(
                "a safety limit refuses it", .user, retry: false,
                "look at the plan; raise `safety` of the site if it is meant")
        case .ended:
            Row(
                "the converge was ended: it took too long, or somebody killed it", .environment, retry: true,
                "look at the log of that time; raise `converge.timeout`")
        case .unreachable:
            Row(
                "the source does not answer, and nothing verified is there to go on with", .environment, retry: true,
                "`lodestar source status` says what was tried; look at network, name and certificate")
        case .commandFailed:
            Row("the command could not do its work", .platform, retry: true, "`said` of the report has its words")
        case .internalError:
            Row("something happened that must not", .platform, retry: true, "report it with `said` of the report")
        case .locked: Row("another run holds the lock", .environment, retry: true, "it is tried again a minute later")
        case .refusal:
            Row(
                "the resource type refuses what is declared for this host", .user, retry: false,
                "the reason says what it expects")
        case .stale: Row("the host is no longer what the plan saw", .environment, retry: true, "plan again")
        case .changedSinceRun:
            Row("what a run made was changed since", .user, retry: false, "an undo leaves it; look at it by hand")
        case .unknown: Row("nobody can tell before it is tried", .platform, retry: true, "nothing: an apply finds out")
        case .interrupted:
            Row("the run was interrupted before its turn", .environment, retry: true, "nothing: the next run does it")
        case .stillDiffers:
            Row(
                "it still differs after it was set", .platform, retry: true,
                "something else may change it; report it if not")
        case .dependency:
            Row("something that it needs failed", .user, retry: true, "look at the failure of what it needs")
        case .held:
            Row(
                "a run was undone or disproved, and the site has not changed since", .user, retry: false,
                "change the site, or apply by hand")
        case .resourcesFailed:
            Row("some resources failed", .user, retry: true, "each has a code of its own in `failures`")
        case .disproof:
            Row(
                "a trial of what was changed failed", .user, retry: false,
                "what was there before is back; mend what is declared")
        case .operation:
            Row(
                "a command, a package or an operation on the host failed", .user, retry: true,
                "the reason has its words")
        case .notAllowed:
            Row(
                "the kernel does not allow it (EACCES, EPERM)", .environment, retry: false,
                "look at attributes, mount options and security modules")
        case .noSpace:
            Row(
                "there is no space left (ENOSPC, EDQUOT)", .environment, retry: true,
                "make room on the file system of the reason")
        case .noMemory:
            Row(
                "there is no memory left (ENOMEM)", .environment, retry: true,
                "look at the host's memory and the unit's limits")
        case .noDescriptors:
            Row("too many files are open (EMFILE, ENFILE)", .environment, retry: true, "look at the host's limits")
        case .timedOut:
            Row("nothing answered in time (ETIMEDOUT)", .environment, retry: true, "look at what was waited for")
        case .noNetwork:
            Row(
                "the network leads nowhere (ECONNREFUSED, EHOSTUNREACH, ENETUNREACH)", .environment, retry: true,
                "look at the network and the other side")
        case .sourceGone:
            Row(
                "the other side does not have it any more", .environment, retry: true,
                "newer lists of packages may know where it is")
        case .readOnly:
            Row(
                "the file system is read-only (EROFS)", .environment, retry: true,
                "mount it writable; look for errors of the disk")
        case .damagedDisk: Row("the disk gives errors (EIO)", .environment, retry: false, "look at the kernel's log")
        case .missing:
            Row("something that is needed is not there (ENOENT)", .user, retry: true, "declare what brings it")
        case .busy: Row("something else uses it (EBUSY, ETXTBSY)", .environment, retry: true, "look who does")
        case .isolation:
            Row(
                "where nothing may be written, the kernel lets nobody ask", .environment, retry: false,
                "look at the host's kernel and container")
        }
    }

    /// Names of errors of system calls (errno(3)).
    private static let errors: [String: FailureCode] = [
        "EACCES": .notAllowed, "EPERM": .notAllowed, "ENOSPC": .noSpace, "EDQUOT": .noSpace, "ENOMEM": .noMemory,
        "EMFILE": .noDescriptors, "ENFILE": .noDescriptors, "ETIMEDOUT": .timedOut, "ECONNREFUSED": .noNetwork,
        "EHOSTUNREACH": .noNetwork, "ENETUNREACH": .noNetwork, "EROFS": .readOnly, "EIO": .damagedDisk,
        "ENOENT": .missing, "ENOTDIR": .missing, "EBUSY": .busy, "ETXTBSY": .busy,
    ]

    public init(_ fault: HostFault) {
        if let name = fault.errorName, let known = Self.errors[name] {
            self = known
            return
        }
        self =
            switch fault.kind {
            case .other: .operation
            case .missing: .missing
            case .gone: .sourceGone
            case .isolation: .isolation
            case .disproof: .disproof
            }
    }

    /// Members of a JSON object that say it; all null where nothing failed.
    public static func members(of code: FailureCode?) -> [Datum.Member] {
        let row = code?.row
        return [
            .init("code", code.map { .int(Int64($0.rawValue)) } ?? .null),
            .init("retryable", row.map { .bool($0.isRetryable) } ?? .null),
            .init("attribution", row.map { .string($0.attribution.rawValue) } ?? .null),
        ]
    }

    /// For a person.
    public var text: String {
        "\(rawValue): \(row.meaning)\n  \(row.isRetryable ? "may succeed later" : "stays until somebody does something"); attributed to: \(row.attribution.rawValue)\n  \(row.advice)"
    }

    /// The page of all codes.
    public static var markdown: String {
        let lines = allCases.map { code in
            "| \(code.rawValue) | \(code.row.meaning) | \(code.row.attribution.rawValue) | \(code.row.isRetryable ? "yes" : "no") | \(code.row.advice) |"
        }
        return """
            # Failure codes

            Five digits: the layer (5 agent and source, 6 engine and resource types, 7 a command or a package itself, 8 the environment), the class (0 input, 1 trust and rights, 2 resources, 3 time, 4 network, 5 internal, 6 environment), a number.
            `lodestar explain CODE` tells one. This page is made of the table in `FailureCode.swift`.

            | code | meaning | attribution | retryable | what to do |
            |---|---|---|---|---|
            \(lines.joined(separator: "\n"))
            """
    }
}
