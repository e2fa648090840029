import Engine
import Model
import Synchronization
import SystemCalls

/// The line below everything on a terminal that says what a run is doing: which resource, how long, how many of how many.
///
/// The line is drawn only while something takes time, and is gone before anything else is written.
final class StatusLine: Sendable {
    private struct State {
        /// What the line says after a time; nil: nothing is going on.
        var text: (@Sendable (Duration) -> String)?
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
    func show(_ progress: Progress) { show { progress.text(after: $0) } }

    /// From now on the line says this, after the time that has passed since.
    func show(_ text: @escaping @Sendable (Duration) -> String) {
        state.withLock { state in
            state.text = text
            state.start = .now
        }
    }

    /// Brings the line up to date; a short wait is not worth one.
    func tick() {
        state.withLock { state in
            guard let describe = state.text, let columns = columns() else { return }
            let elapsed = state.start.duration(to: .now)
            guard state.shown != nil || elapsed >= .milliseconds(300) else { return }
            let text = describe(elapsed).printableLine(columns: columns - 1)
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
        state.withLock { $0.text = nil }
    }
}

extension Progress {
    /// A line such as `[3/17] 12 s: package:nginx and 2 more`.
    fileprivate func text(after elapsed: Duration) -> String {
        let others = otherCount == 0 ? "" : " and \(otherCount) more"
        return "[\(doneCount)/\(count)] \(elapsed.shortText): \(address)\(others)"
    }
}

extension Duration {
    /// Whole seconds, or minutes and seconds.
    var shortText: String {
        let seconds = components.seconds
        return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
    }
}
