import Glibc

/// The first line of a script, of which the kernel says only that something is not there.
public enum ScriptHead {
    /// Why a program cannot be executed, in words; nil where its first line does not tell.
    ///
    /// - Parameter root: where path and interpreter are.
    public static func problem(of path: String, below root: String = "/") -> String? {
        let root = root == "/" ? "" : root
        guard let line = firstLine(of: root + path) else { return nil }
        guard line.starts(with: "#!".utf8) else { return nil }
        let isCut = line.last == 0x0D
        let words = line.dropFirst(2).drop { $0 == 0x20 || $0 == 0x09 }.split { $0 == 0x20 || $0 == 0x09 }
        let shown = String(decoding: line.prefix { $0 != 0x0D }, as: UTF8.self)
        if isCut {
            return "its first line `\(shown)` ends in a carriage return, which belongs to the interpreter's name: "
                + "save it with the line ends of Unix"
        }
        guard let interpreter = words.first.map({ String(decoding: $0, as: UTF8.self) }) else { return nil }
        return access(root + interpreter, X_OK) == 0 ? nil : "its interpreter `\(interpreter)` cannot be executed"
    }

    /// At most 256 bytes, as many as the kernel looks at (execve(2)); nil for what is no file, or has no line.
    private static func firstLine(of path: String) -> ArraySlice<UInt8>? {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? bytes[..<count].prefix { $0 != 0x0A } : nil
    }
}
