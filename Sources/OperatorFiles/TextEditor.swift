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
        let status = try OperatorTerminal.run(["/bin/sh", "-c", "exec \(command) \"$1\"", "editor", file])
        guard status == 0 else { throw HostFault("edit", name, "`\(command)` ended with status \(status)") }
        return try LocalFiles.contents(of: file, limit: 1 << 20) ?? []
    }
}
