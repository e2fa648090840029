import SystemCalls
import Values

/// The programs of Debian that make parts of an image: apt-get, dpkg-deb, gzip, zstd, xz. None of them needs root.
enum Tools {
    /// Runs a program in a folder and gives what it printed.
    @discardableResult
    static func run(_ words: [String], in folder: String = "/", seconds: Int64 = 600) throws(HostFault) -> String {
        try ended(child(words, in: folder, seconds: seconds), words).output
    }

    /// What a program makes of some bytes: it replaces a file by one with another ending.
    static func filter(
        _ bytes: [UInt8], _ words: [String], ending: (before: String, after: String), in folder: String
    ) throws(HostFault) -> [UInt8] {
        let path = "\(folder)/filtered"
        defer { for ending in [ending.before, ending.after] { LocalFiles.remove(path + ending) } }
        try LocalFiles.write(bytes, to: path + ending.before, isDurable: false)
        try run(words + [path + ending.before], in: folder)
        guard let result = try LocalFiles.contents(of: path + ending.after, limit: 1 << 30) else {
            throw HostFault.absent("read", path + ending.after)
        }
        return result
    }

    private static func child(_ words: [String], in folder: String, seconds: Int64) -> ChildRun {
        let passed = ["http_proxy", "https_proxy", "HOME", "APT_CONFIG"].compactMap { name in
            ThisProcess.environment(name).map { "\(name)=\($0)" }
        }
        var child = ChildRun(
            words, environment: [SearchPath.variable, "LC_ALL=C.UTF-8"] + passed, timeout: seconds * 1000)
        child.directory = folder
        child.umask = 0o022
        child.separatesErrors = true
        child.keptByteCount = 4 << 20
        return child
    }

    @discardableResult
    private static func ended(_ child: ChildRun, _ words: [String]) throws(HostFault) -> ChildResult {
        let result = try child.ended()
        guard result.exitStatus == 0, !result.hasTimedOut else {
            let errors = String(decoding: result.errors, as: UTF8.self).split(separator: "\n")
            let last = errors.last { $0.hasPrefix("E: ") } ?? errors.last ?? "exit status \(result.exitStatus)"
            throw HostFault("run", words.joined(separator: " "), result.hasTimedOut ? "it did not end" : String(last))
        }
        return result
    }
}
