import Glibc
public import Model
import SystemCalls

/// The terminal of the person who runs the program.
public enum OperatorTerminal {
    /// Runs a program on this terminal; an interrupt from the keyboard is the program's, as in system(3).
    ///
    /// - Returns: its exit status; 128 and the signal's number where a signal ended it.
    public static func run(_ words: [String]) throws(HostFault) -> Int32 {
        var pid = pid_t()
        let previous = [SIGINT, SIGQUIT].map { ($0, signal($0, SIG_IGN)) }
        defer { for (number, action) in previous { _ = signal(number, action) } }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGINT)
        sigaddset(&defaults, SIGQUIT)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        let arguments = CStrings(words)
        let error = posix_spawnp(&pid, words[0], nil, &attributes, arguments.mutablePointer, environ)
        if error != 0 { throw HostFault("run", words[0], ErrorNumber.text(error)) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
