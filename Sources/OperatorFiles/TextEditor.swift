import Glibc
public import Model
import SystemCalls

/// The operator's own editor, on a text that must not stay anywhere.
public enum TextEditor {
    /// The text as the operator leaves it.
    ///
    /// While it is edited, the text lies in a folder of its own in memory (/dev/shm, else TMPDIR), for root or its user only.
    /// - Parameter command: a command of the shell, such as `vi` or `code --wait`; the file's path is added.
    /// - Throws: when the editor cannot be run or does not end with 0; the text is gone then too.
    public static func edited(_ text: [UInt8], by command: String, name: String) throws(HostFault) -> [UInt8] {
        let place = LocalFiles.exists("/dev/shm") ? "/dev/shm" : ThisProcess.environment("TMPDIR") ?? "/tmp"
        let folder = try LocalFiles.madeTemporary("\(place)/lodestar")
        let file = "\(folder)/\(name)"
        // Whatever the editor left beside it, such as a backup, goes too.
        defer { try? LocalFiles.removeTree(folder) }
        try LocalFiles.write(text, to: file, isDurable: false)
        let status = try run(["/bin/sh", "-c", "exec \(command) \"$1\"", "editor", file])
        guard status == 0 else { throw HostFault("edit", name, "`\(command)` ended with status \(status)") }
        return try LocalFiles.contents(of: file, limit: 1 << 20) ?? []
    }

    /// Runs a program on this terminal; an interrupt from the keyboard is the program's, as in system(3).
    private static func run(_ words: [String]) throws(HostFault) -> Int32 {
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
        let error = posix_spawn(&pid, words[0], nil, &attributes, arguments.mutablePointer, environ)
        if error != 0 { throw HostFault("run", words[0], ErrorNumber.text(error)) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
