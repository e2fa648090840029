import CShim
import Glibc

/// Threads that share one piece of work.
public enum Workers {
    /// The processors that are there.
    public static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    private final class Work: Sendable {
        let number: Int
        let body: @Sendable (Int) -> Void

        init(_ number: Int, _ body: @escaping @Sendable (Int) -> Void) {
            self.number = number
            self.body = body
        }
    }

    /// Calls the body with each number below `count`, each on a thread of its own, and waits for all of them. The first is
    /// the caller's thread, and where the system has no thread left the caller does that work too.
    public static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        var threads: [pthread_t] = []
        // The threads inherit the mask: signals stay the caller's.
        var all = sigset_t(), old = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &old)
        var left: [Int] = [0]
        for number in 1..<max(1, count) {
            var thread = pthread_t()
            let work = Unmanaged.passRetained(Work(number, body))
            let status = pthread_create(
                &thread, nil,
                { context in
                    if let context {
                        let work = Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
                        work.body(work.number)
                    }
                    return nil
                }, work.toOpaque())
            if status == 0 {
                threads.append(thread)
            } else {
                work.release()
                left.append(number)
            }
        }
        pthread_sigmask(SIG_SETMASK, &old, nil)
        for number in left { body(number) }
        for thread in threads { pthread_join(thread, nil) }
    }
}
