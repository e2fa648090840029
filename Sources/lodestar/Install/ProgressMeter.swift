import Model
import SystemCalls

/// How far a long step is, told now and then: its bytes, and how long it may take yet.
final class ProgressMeter: @unchecked Sendable {
    private let tell: (Address, _ done: Int, _ total: Int, _ secondsLeft: Int?) -> Void
    private var address: Address?
    private var begun: Int64 = 0
    private var told: Int64 = 0
    private var first = 0

    /// The least time between two tellings; milliseconds.
    private static let pause: Int64 = 5000

    init(_ tell: @escaping (Address, _ done: Int, _ total: Int, _ secondsLeft: Int?) -> Void) { self.tell = tell }

    func begin(_ address: Address) {
        self.address = address
        (begun, told, first) = (0, 0, 0)
    }

    func take(_ done: Int, of total: Int) {
        let now = SystemClock.bootMilliseconds
        if begun == 0 { (begun, told, first) = (now, now, done) }
        guard let address, now - told >= Self.pause else { return }
        told = now
        // What an earlier run had unpacked took no time.
        let rate = Double(done - first) / Double(now - begun)
        tell(address, done, total, rate > 0 ? Int(Double(total - done) / rate / 1000) : nil)
    }
}
