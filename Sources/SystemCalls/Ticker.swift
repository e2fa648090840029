import CShim
import Glibc

/// Calls something again and again on a thread of its own, which takes no signals, until it is stopped.
public final class Ticker: Sendable {
    /// The work of the thread.
    private final class Work: Sendable {
        let milliseconds: Int32
        /// The end of a pipe that hangs up when the thread is to end.
        let pipe: Int32
        let body: @Sendable () -> Void

        init(_ milliseconds: Int32, pipe: Int32, _ body: @escaping @Sendable () -> Void) {
            self.milliseconds = milliseconds
            self.pipe = pipe
            self.body = body
        }

        func run() {
            while true {
                var wait = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
                let ready = poll(&wait, 1, milliseconds)
                if ready > 0 || ready < 0 && errno != EINTR { return }
                if ready == 0 { body() }
            }
        }
    }

    private let thread: pthread_t
    private let pipe: (input: Int32, output: Int32)

    /// - Returns: nil where the system has no thread or descriptor left.
    public init?(everyMilliseconds milliseconds: Int32, _ body: @escaping @Sendable () -> Void) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        pipe = (ends[0], ends[1])
        let work = Unmanaged.passRetained(Work(milliseconds, pipe: ends[0], body))
        // The thread inherits the mask: signals stay the main thread's.
        var all = sigset_t(), old = sigset_t(), thread = pthread_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &old)
        let number = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, work.toOpaque())
        pthread_sigmask(SIG_SETMASK, &old, nil)
        self.thread = thread
        if number != 0 {
            work.release()
            close(pipe.input)
            close(pipe.output)
            return nil
        }
    }

    /// Ends the thread and waits for it.
    public func stop() {
        close(pipe.output)
        pthread_join(thread, nil)
        close(pipe.input)
    }
}
