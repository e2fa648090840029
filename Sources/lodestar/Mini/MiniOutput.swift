import MiniOS
import Model
import SystemCalls

/// Where events go: the console, and the memory for the log of an installed system.
final class MiniOutput {
    private let format: MiniSettings.EventFormat
    private var log: [String] = []

    /// How many events are kept; the oldest go first.
    private static let limit = 10_000

    init(format: MiniSettings.EventFormat) { self.format = format }

    func tell(_ event: MiniEvent) {
        let line = event.datum.compactJSON
        log.append(line)
        if log.count > Self.limit { log.removeFirst(log.count - Self.limit) }
        switch format {
        case .json: Terminal.printJSON(line)
        case .text: for line in event.lines { Terminal.print(line.printable) }
        }
    }

    /// Leaves what was told in a system that was installed.
    func keep(below root: String) throws(HostFault) {
        let folder = "\(root)/var/log/lodestar"
        try LocalFiles.makeDirectory(folder, mode: 0o750)
        try LocalFiles.write(Array((log.joined(separator: "\n") + "\n").utf8), to: "\(folder)/install.log", mode: 0o640)
    }
}
