import Engine
import Model
import Synchronization
import SystemCalls

/// The line below everything on a terminal that says what a run is doing: which resource, how long, how many of how many.
///
/// The line is drawn only while something takes time, and is gone before anything else is written.
final class StatusLine: Sendable {
    private struct State {
        var progress: Progress?
        /// When the progress was heard of.
        var start = ContinuousClock.now
        /// The text on the terminal; nil while there is no line.
        var shown: String?
    }

    private let state = Mutex(State())
    private let write: @Sendable (String) -> Void
    private let columns: @Sendable () -> Int?

    /// - Parameter columns: how wide the terminal is at the moment: it may be resized.
    init(columns: @escaping @Sendable () -> Int?, write: @escaping @Sendable (String) -> Void) {
        self.columns = columns
        self.write = write
    }

    /// From now on the line speaks of this progress.
    func show(_ progress: Progress) {
        state.withLock { state in
            state.progress = progress
            state.start = .now
        }
    }

    /// Brings the line up to date; a short wait is not worth one.
    func tick() {
        state.withLock { state in
            guard let progress = state.progress, let columns = columns() else { return }
            let elapsed = state.start.duration(to: .now)
            guard state.shown != nil || elapsed >= .milliseconds(300) else { return }
            let text = progress.text(after: elapsed).printableLine(columns: columns - 1)
            guard text != state.shown else { return }
            // One write: the old line is never seen half gone.
            write("\r\(text)\u{1B}[K")
            state.shown = text
        }
    }

    /// Runs what writes something else, without the line.
    func cleared<Result>(_ body: () -> Result) -> Result {
        state.withLock { state in
            if state.shown != nil { write("\r\u{1B}[K") }
            state.shown = nil
            return body()
        }
    }

    /// Takes the line away for good.
    func end() {
        cleared {}
        state.withLock { $0.progress = nil }
    }
}

extension Progress {
    /// A line such as `[3/17] 12 s: package:nginx and 2 more`.
    fileprivate func text(after elapsed: Duration) -> String {
        let others = otherCount == 0 ? "" : " and \(otherCount) more"
        let seconds = elapsed.components.seconds
        let time = seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
        return "[\(doneCount)/\(count)] \(time): \(address)\(others)"
    }
}
