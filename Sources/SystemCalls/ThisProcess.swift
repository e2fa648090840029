import CShim
import Glibc
public import Values

/// The process that this program is: its words, its environment, its rights, its end.
public enum ThisProcess {
    /// To be called before anything else: a full file is then a fault of a write, not the end.
    public static func prepare() {
        lodestar_ignore_full_files()
        lodestar_forget_runtime_root()
    }

    /// The words that the program was started with, its name first, as main got them: Swift's own list is read from /proc,
    /// and empty without it.
    public static var arguments: [String] {
        var words: [String] = [], index: Int32 = 0
        while let word = lodestar_argument(index) {
            words.append(String(cString: word))
            index += 1
        }
        return words
    }

    /// A variable of the environment.
    public static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Starts a program that belongs to nobody: no session, no terminal, no open files, no parent that waits.
    public static func detach(_ arguments: [String]) throws(HostFault) {
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let result = lodestar_detach(&words)
        if result < 0 { throw HostFault("start", arguments.first ?? "", ErrorNumber.text(-result)) }
    }

    /// Its own rights, for a program that gets no others; root's are those of root alone, in no further group.
    public static var identity: ChildRun.Identity {
        isPrivileged ? ChildRun.Identity() : ChildRun.Identity(uid: geteuid(), gid: getegid())
    }

    /// Whether the process has root's privileges.
    public static var isPrivileged: Bool { geteuid() == 0 }

    /// Gives up root's rights for good, those of nobody in their place; nothing for who has none.
    ///
    /// - Parameter seconds: after so many the process is ended by the kernel, whatever it does.
    public static func becomeNobody(for seconds: Int) throws(HostFault) {
        lodestar_end_after(UInt32(clamping: seconds))
        guard isPrivileged else { return }
        let result = lodestar_become_nobody()
        if result < 0 { throw HostFault("become", "nobody", ErrorNumber.text(-result)) }
    }

    /// Whether this process may write over what stands on a terminal: a job in the background may not.
    public static func isInForeground(of descriptor: Int32) -> Bool {
        let group = tcgetpgrp(descriptor)
        return group < 0 || group == getpgrp()
    }

    /// Whether a descriptor is a terminal.
    public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The running program's path, also after its file was replaced by an upgrade (proc(5)).
    public static var programPath: String {
        guard let path = LocalFiles.linkTarget("/proc/self/exe") else { return arguments.first ?? "" }
        return path.hasSuffix(" (deleted)") ? String(path.dropLast(10)) : path
    }

    /// Size and times of the running program: another build has another one.
    public static var programSignature: String {
        var status = stat()
        guard stat("/proc/self/exe", &status) == 0 else { return "unknown" }
        return "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    /// Ends the process.
    public static func exit(_ status: Int32) -> Never { Glibc.exit(status) }
}
