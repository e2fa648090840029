import Glibc
import Model
import SystemCalls

/// Messages of the agent on standard error: with a priority for journald where that reads them (sd-daemon(3)), else
/// with a word.
public struct Log: Sendable {
    public enum Priority: Int, Sendable {
        case error = 3
        case warning, notice, info
    }

    private let isJournal: Bool

    public init() {
        isJournal = ThisProcess.environment("JOURNAL_STREAM") != nil
    }

    public func write(_ priority: Priority, _ text: String) {
        let line = text.textLines().joined(separator: " ")
        LocalFiles.writeAll(
            Array((isJournal ? "<\(priority.rawValue)>\(line)\n" : "\(priority): \(line)\n").utf8), to: 2)
    }
}
