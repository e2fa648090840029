import Compiler
import Model
import Synchronization
import SystemCalls

/// Work that is done for each host of a fleet, on all processors.
enum FleetWork {
    /// How many hosts a thread takes at a time.
    private static let portion = 32

    /// Does something for each position below a number.
    ///
    /// - Parameters:
    ///   - words: what is done, for the status line.
    ///   - make: what a thread begins with.
    ///   - finish: what of it is handed over.
    /// - Returns: one value for each thread.
    static func run<State, Value: Sendable>(
        _ count: Int, _ words: String, _ make: @escaping @Sendable () -> State,
        add: @escaping @Sendable (inout State, Int) -> Void, finish: @escaping @Sendable (State) -> Value
    ) -> [Value] {
        let values = Mutex<[Value]>([])
        let next = Atomic(0), threadCount = min(Workers.processorCount, 1 + count / portion)
        Terminal.withStatusLine { line in
            line?.show { elapsed in
                "[\(min(next.load(ordering: .relaxed), count))/\(count)] \(elapsed.shortText): \(words)"
            }
            Workers.run(threadCount) { _ in
                var state = make()
                while true {
                    let start = next.wrappingAdd(portion, ordering: .relaxed).oldValue
                    if start >= count { break }
                    for position in start..<min(start + portion, count) { add(&state, position) }
                }
                let value = finish(state)
                values.withLock { $0.append(value) }
            }
        }
        return values.withLock { $0 }
    }
}
