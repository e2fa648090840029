import Foundation
import Model
import TestSupport
import Testing

@testable import Agent
@testable import LinuxAgent

/// Reports are sent late rather than never, and never make anything wait.
@Suite struct ReportDeliveryTests {
    private final class Folder {
        let path = NSTemporaryDirectory() + "spool-\(UUID().uuidString)"
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private struct Down: Error {}

    /// A day with a converge every half an hour, the receiver down for all of it but the last hour.
    @Test func aReceiverThatIsDownForADayGetsAllOfIt() throws {
        let folder = Folder(), spool = ReportSpool(in: folder.path, byteLimit: 1 << 20)
        var delivery = ReportDelivery(), received: [String] = [], attempts: [Int64] = []
        let start: Int64 = 1_800_000_000_000, up = start + 24 * 3_600_000
        var made = 0
        for minute in Int64(0)..<(25 * 60 + 2) {
            let now = Moment(wall: start + minute * 60_000, boot: minute * 60_000)
            if minute % 30 == 0 {
                try spool.add("{\"number\":\(made)}")
                made += 1
                delivery.want()
            }
            guard delivery.due(now) else { continue }
            attempts.append(minute)
            let isEmpty = try spool.send { bytes in
                guard now.wall >= up else { return .unavailable }
                received.append(String(decoding: bytes, as: UTF8.self))
                return .taken
            }
            delivery.ended(now, isEmpty: isEmpty)
        }
        #expect(received == (0..<made).map { "{\"number\":\($0)}" })
        #expect(attempts.prefix(7) == [0, 1, 3, 7, 15, 31, 63] && attempts.count < 36, "\(attempts)")
        #expect(spool.waitingCount == 0 && spool.droppedCount == 0)
    }

    @Test func theOldestAreDroppedAndCounted() throws {
        let folder = Folder(), spool = ReportSpool(in: folder.path, byteLimit: 1000)
        for number in 10..<60 { try spool.add(String(repeating: "\(number)", count: 50)) }
        #expect(spool.waitingCount == 10 && spool.droppedCount == 40)
        try spool.add(String(repeating: "x", count: 1001))
        #expect(spool.waitingCount == 10 && spool.droppedCount == 41, "one that never fits takes nothing away")
        var received: [String] = []
        let isEmpty = try spool.send { bytes in
            received.append(String(decoding: bytes.prefix(2), as: UTF8.self))
            return .taken
        }
        #expect(isEmpty)
        #expect(received == (50..<60).map { "\($0)" })
        try spool.add("a")
        #expect(spool.waitingCount == 1 && spool.droppedCount == 41, "numbers go on after all were sent")
    }

    @Test func oneThatIsRefusedKeepsNoOtherBack() throws {
        let folder = Folder(), spool = ReportSpool(in: folder.path, byteLimit: 1000)
        for text in ["a", "large", "b", "c"] { try spool.add(text) }
        func send(_ refuses: (String) -> Bool) throws -> (Bool, [String]) {
            var asked: [String] = []
            let isEmpty = try spool.send { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                asked.append(text)
                return refuses(text) ? .refused : .taken
            }
            return (isEmpty, asked)
        }
        #expect(try send { $0 == "large" } == (false, ["a", "large", "b", "c"]))
        #expect(spool.waitingCount == 1)
        #expect(try send { _ in false } == (true, ["large"]))
        for text in ["1", "2", "3", "4", "5"] { try spool.add(text) }
        #expect(try send { _ in true } == (false, ["1", "2", "3"]))
        #expect(throws: Down.self) { try spool.send { _ in throw Down() } }
        #expect(spool.waitingCount == 5, "nothing is lost")
    }

    @Test func oneProcessSendsAtATime() {
        var delivery = ReportDelivery()
        func now(_ second: Int64) -> Moment { Moment(wall: 1_800_000_000_000 + second * 1000, boot: second * 1000) }
        func isDue(_ second: Int64) -> Bool { delivery.due(now(second)) }
        #expect(!isDue(0) && delivery.nextWake(now(0)) == nil)
        delivery.want()
        #expect(delivery.nextWake(now(0)) == now(0).wall && isDue(0))
        delivery.want()
        #expect(!isDue(1) && delivery.nextWake(now(1)) == nil)
        delivery.ended(now(2), isEmpty: true)
        #expect(isDue(2), "what came meanwhile")
        delivery.ended(now(3), isEmpty: false)
        delivery.want()
        #expect(!isDue(4) && delivery.nextWake(now(4)) == now(63).wall && isDue(63))
    }
}
