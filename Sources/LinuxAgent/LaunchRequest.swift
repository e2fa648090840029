import Agent
import CKeeper
import CShim
import Glibc
import SystemFiles
import LinuxHost
import Model
import Scheduling
import SystemCalls

/// The request to the keeper to start a process.
struct LaunchRequest {
    var run: String
    var arguments: [String]
    var environment: [String]
    var directory = "/"
    var cgroup: String?
    var outputFile: String?
    var uid: UInt32 = 0
    var gid: UInt32 = 0
    var groups: [UInt32] = []
    var umask: UInt32 = 0o077
    var timeout: Int64 = 0
    var killAfter: Int64 = 10_000
    var nice: Int32 = 0
    var ioPriority: Int32 = 0
    var limits: [(resource: Int32, value: UInt64?)] = []

    /// The result is a negative errno where it could not be sent.
    func send(to keeper: Int32) -> Int32 {
        let texts = CStrings([run, directory, cgroup ?? "", outputFile ?? ""])
        let arguments = CStrings(arguments), environment = CStrings(environment)
        return groups.withUnsafeBufferPointer { groups in
            var job = lodestar_job()
            job.run = texts.pointer[0]
            job.directory = texts.pointer[1]
            job.cgroup = cgroup == nil ? nil : texts.pointer[2]
            job.output_file = outputFile == nil ? nil : texts.pointer[3]
            job.arguments = UnsafePointer(arguments.pointer)
            job.environment = UnsafePointer(environment.pointer)
            job.uid = uid
            job.gid = gid
            job.groups = groups.baseAddress
            job.group_count = groups.count
            job.mask = mode_t(umask)
            job.timeout_milliseconds = timeout
            job.kill_after_milliseconds = killAfter
            job.nice = nice
            job.io_priority = ioPriority
            job.limit_count = min(limits.count, LODESTAR_LIMIT_COUNT)
            withUnsafeMutableBytes(of: &job.limits) { bytes in
                let slots = bytes.bindMemory(to: lodestar_limit.self)
                for (slot, limit) in zip(slots.indices, limits) {
                    let value = limit.value ?? UInt64.max
                    slots[slot] = lodestar_limit(resource: limit.resource, soft: value, hard: value)
                }
            }
            return lodestar_keeper_start(keeper, &job)
        }
    }
}

/// Makes requests from definitions: accounts are looked up in the files of the system, and those that the files lack by
/// getent(1), never with getpwnam in this process.
final class Launcher {
    private var accounts: AccountDatabase?
    private var signature: [Int64] = []
    private var foreign: [Owner: ForeignIdentity] = [:]

    /// The answer of another source about an account; an empty answer is one too.
    private struct ForeignIdentity {
        var user: UserEntry?
        var groups: [UInt32] = []
        /// Nanoseconds of the monotonic clock after which it is asked again.
        var until: UInt64
    }

    /// The request for a run of a definition.
    func request(_ run: Run, _ definition: ScheduleDefinition) throws(LaunchFault) -> LaunchRequest {
        var request = LaunchRequest(run: run.key.id, arguments: [], environment: [])
        switch definition.line {
        case .arguments(let words)?: request.arguments = words
        case .shell(let text)?: request.arguments = ["/bin/sh", "-c", text]
        case nil: throw LaunchFault("its definition names no command")
        }
        try setIdentity(of: definition, &request)
        request.environment += [
            "SCHEDULED_FOR=\(Instant(milliseconds: run.key.tick).text())", "RUN_ID=\(run.key.id)",
        ]
        for entry in definition.env.entries {
            request.environment.removeAll { $0.hasPrefix("\(entry.name)=") }
            request.environment.append("\(entry.name)=\(String(decoding: entry.value.bytes, as: UTF8.self))")
        }
        request.directory = definition.cwd.text
        request.umask = UInt32(definition.umask.applied(to: Permissions(0o022), isDirectory: false).bits)
        request.timeout = definition.timeout?.wholeMilliseconds ?? 0
        request.killAfter = max(1, definition.killAfter.wholeMilliseconds)
        request.nice = Int32(definition.nice)
        request.ioPriority = Self.priority(definition.ioClass)
        request.limits = definition.limits.limits.map { (Self.resource($0.kind), $0.value) }
        return request
    }

    private func setIdentity(of definition: ScheduleDefinition, _ request: inout LaunchRequest) throws(LaunchFault) {
        let database = try database()
        let user: UserEntry? =
            switch definition.user {
            case .name(let name): database.user(name)
            case .number(let number): database.user(number: number)
            }
        let other = user == nil ? try foreignIdentity(definition.user) : nil
        guard let user = user ?? other?.user else { throw LaunchFault("there is no account `\(definition.user)`") }
        request.uid = user.uid
        request.gid = user.gid
        request.groups = other?.groups ?? database.groupNumbers(of: user.name)
        if let names = definition.groups {
            request.groups = []
            for name in names {
                let local = database.group(name)?.gid
                guard let gid = if let local { local } else { try foreignGid(name) } else {
                    throw LaunchFault("there is no group `\(name)`")
                }
                request.groups.append(gid)
            }
        }
        request.environment = [
            SearchPath.variable, "LC_ALL=C.UTF-8", "HOME=\(user.home.map { "\($0)" } ?? "/")", "SHELL=/bin/sh",
            "USER=\(user.name)", "LOGNAME=\(user.name)",
        ]
    }

    /// Asks the other sources; an account holds for ten minutes, its absence for one.
    private func foreignIdentity(_ owner: Owner) throws(LaunchFault) -> ForeignIdentity {
        if let known = foreign[owner], known.until > SystemClock.monotonicNanoseconds { return known }
        do throws(HostFault) {
            let host = try Linux(root: "/"), user = try host.account(owner)
            let groups = if let user { try host.groupNumbers(of: user) } else { [UInt32]() }
            let seconds: UInt64 = user == nil ? 60 : 600
            let found = ForeignIdentity(
                user: user, groups: groups, until: SystemClock.monotonicNanoseconds + seconds * 1_000_000_000)
            if foreign.count > 1000 { foreign = [:] }
            foreign[owner] = found
            return found
        } catch {
            throw LaunchFault("cannot ask for the account `\(owner)`: \(error.text)")
        }
    }

    private func foreignGid(_ name: AccountName) throws(LaunchFault) -> UInt32? {
        do throws(HostFault) {
            return try Linux(root: "/").gid(of: name)
        } catch {
            throw LaunchFault("cannot ask for the group `\(name)`: \(error.text)")
        }
    }

    private func database() throws(LaunchFault) -> AccountDatabase {
        let present = ["/etc/passwd", "/etc/group"].flatMap { path -> [Int64] in
            var status = stat()
            guard stat(path, &status) == 0 else { return [0] }
            return [
                Int64(status.st_ino), Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec),
                Int64(status.st_size),
            ]
        }
        if let accounts, signature == present { return accounts }
        do throws(HostFault) {
            let read = try AccountDatabase(reading: try Linux(root: "/"))
            accounts = read
            signature = present
            return read
        } catch {
            throw LaunchFault("cannot read the accounts: \(error.text)")
        }
    }

    /// ioprio_set(2): the class in the upper bits, the middle of its eight levels below.
    private static func priority(_ io: IOClass) -> Int32 {
        switch io {
        case .none: 0
        case .realtime: 1 << 13 | 4
        case .bestEffort: 2 << 13 | 4
        case .idle: 3 << 13
        }
    }

    /// The numbers of asm-generic/resource.h, Linux.
    private static func resource(_ kind: ProcessLimits.Kind) -> Int32 {
        switch kind {
        case .cpu: 0
        case .fsize: 1
        case .data: 2
        case .stack: 3
        case .core: 4
        case .rss: 5
        case .nproc: 6
        case .nofile: 7
        case .memlock: 8
        case .addressSpace: 9
        }
    }
}
