import Agent
import CKeeper
import CShim
import Glibc
import Model
import Scheduling
import SystemCalls

/// An event of the keeper about a run.
struct KeeperEvent {
    enum Kind {
        case started(ProcessIdentity)
        case ended(RunEnd)
    }

    /// The text that names the run.
    var run: String
    var kind: Kind
    /// Milliseconds since 1970.
    var started: Int64
}

/// The connection to the keeper, the process that starts the runs.
final class Keeper {
    private let path: String
    private(set) var descriptor: Int32 = -1
    private(set) var number: Int64 = 0
    private let packet = UnsafeMutablePointer<lodestar_packet>.allocate(capacity: 1)

    init(path: String) {
        self.path = path
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        packet.deallocate()
    }

    /// Connects to the keeper that is there, or starts one, and hears what it knows.
    ///
    /// - Returns: what became of the runs that it knows.
    func connect() throws(HostFault) -> [KeeperEvent] {
        for _ in 0..<3 {
            if descriptor >= 0 { close(descriptor) }
            descriptor = lodestar_keeper_connect(path)
            if descriptor < 0 {
                let problem = lodestar_keeper_launch(path)
                if problem < 0 { throw HostFault("start", "the keeper", ErrorNumber.text(-problem)) }
                descriptor = lodestar_keeper_connect(path)
            }
            guard descriptor >= 0 else { continue }
            if let events = greeting() { return events }
        }
        throw HostFault("reach", "the keeper at \(path)", "it does not answer")
    }

    /// Everything up to the end of the list that a keeper begins with; nil when it goes away, or is silent for 10 s.
    private func greeting() -> [KeeperEvent]? {
        var events: [KeeperEvent] = []
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let result = lodestar_keeper_receive(descriptor, packet)
            if result < 0 { return nil }
            if result == 0 {
                if poll(&wait, 1, 10_000) <= 0 { return nil }
                continue
            }
            switch UInt32(packet.pointee.event.kind) {
            case LODESTAR_HELLO.rawValue: number = Int64(bitPattern: packet.pointee.event.keeper)
            case LODESTAR_LISTED.rawValue: return events
            default: events.append(event)
            }
        }
    }

    /// The events since the last call; nil when the keeper is gone.
    func news() -> [KeeperEvent]? {
        var events: [KeeperEvent] = []
        while events.count < 1000 {
            let result = lodestar_keeper_receive(descriptor, packet)
            if result < 0 { return events.isEmpty ? nil : events }
            if result == 0 { return events }
            events.append(event)
        }
        return events
    }

    private var event: KeeperEvent {
        let told = packet.pointee.event
        let run = String(cString: lodestar_packet_run(packet))
        guard UInt32(told.kind) == LODESTAR_ENDED.rawValue else {
            let process = ProcessIdentity(number: told.pid, start: Int64(clamping: told.process_start))
            return KeeperEvent(run: run, kind: .started(process), started: told.started)
        }
        return KeeperEvent(run: run, kind: .ended(end(told)), started: told.started)
    }

    private func end(_ told: lodestar_event) -> RunEnd {
        var end = RunEnd(.succeeded, started: told.started, ended: told.ended)
        let stage = lodestar_stage(UInt32(told.stage))
        guard stage == LODESTAR_RAN else {
            end.result = .notStarted
            let what =
                switch stage {
                case LODESTAR_NO_IDENTITY: "take the identity of its user"
                case LODESTAR_NO_DIRECTORY: "enter its directory"
                case LODESTAR_NO_PROGRAM: "execute its program"
                default: "make its process"
                }
            end.reason = "cannot \(what): \(ErrorNumber.text(told.error))"
            return end
        }
        let status = told.wait_status
        if status & 0x7F == 0 {
            end.exitStatus = Int(status >> 8 & 0xFF)
            end.result = end.exitStatus == 0 ? .succeeded : .failed
        } else {
            end.signal = Int(status & 0x7F)
            end.result = .failed
        }
        if told.has_timed_out != 0 { end.result = .timedOut }
        if told.was_stopped != 0 { end.result = .replaced }
        let bytes = UnsafeRawBufferPointer(
            start: lodestar_packet_output(packet), count: Int(told.head_length + told.tail_length))
        end.head = Array(bytes.prefix(Int(told.head_length)))
        end.tail = Array(bytes.dropFirst(Int(told.head_length)))
        end.outputByteCount = Int(clamping: told.total_length)
        return end
    }

    func start(_ request: LaunchRequest) throws(LaunchFault) {
        let problem = request.send(to: descriptor)
        if problem < 0 { throw LaunchFault("the keeper cannot be asked: \(ErrorNumber.text(-problem))") }
    }

    func stop(_ run: String) { _ = lodestar_keeper_stop(descriptor, run) }
    func forget(_ run: String) { _ = lodestar_keeper_forget(descriptor, run) }
    func dismiss() { _ = lodestar_keeper_dismiss(descriptor) }
}

/// Starts the scheduler's runs through the keeper.
final class KeeperRunner: JobRunner {
    private let keeper: Keeper
    private let folder: DefinitionFolder
    private let cgroups: RunCgroups
    private let launcher = Launcher()
    var onMessage: (String) -> Void = { _ in }
    private var unlimited: Set<String> = []

    init(keeper: Keeper, folder: DefinitionFolder, cgroups: RunCgroups) {
        self.keeper = keeper
        self.folder = folder
        self.cgroups = cgroups
    }

    func start(_ run: Run) throws(LaunchFault) {
        guard let definition = folder.definition(run.key.job) else { throw LaunchFault("its definition is gone") }
        var request = try launcher.request(run, definition)
        let leaf = cgroups.made(
            for: request.run, memory: definition.memory?.bytes, cpuPercent: definition.cpu?.percent)
        request.cgroup = leaf.path
        if !leaf.isLimited, unlimited.insert(run.key.job).inserted {
            onMessage(
                "\(run.key.job): its limits of memory and processor need controllers of cgroup v2, which are not here")
        }
        try keeper.start(request)
    }

    func stop(_ key: RunKey) { keeper.stop(key.id) }
    func forget(_ key: RunKey) { keeper.forget(key.id) }
}
