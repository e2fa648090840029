import SystemCalls
import Values

/// The applets that the mini OS works with.
enum Busybox {
    static let path = "/usr/bin/busybox"

    /// Runs one.
    ///
    /// - Throws: with the last line that it printed.
    static func run(_ words: [String], seconds: Int64 = 60) throws(HostFault) {
        let child = ChildRun([path] + words, environment: [SearchPath.variable], timeout: seconds * 1000)
        let result = try child.ended()
        guard result.exitStatus != 0 else { return }
        let line = result.output.split(separator: "\n").last.map(String.init)
        throw HostFault("run", words.joined(separator: " "), line ?? "exit status \(result.exitStatus)")
    }
}
