import Agent
import CShim
import Glibc
import Model
import Testing

@testable import LinuxAgent
import TestSupport

@Suite struct ControlSocketTests {
    /// As an agent that somebody has stopped: its kernel takes the call, and nobody answers.
    @Test func anAgentThatSaysNothingIsNotWaitedForForever() throws {
        let folder = TemporaryFolder(), path = "\(folder.path)/agent.sock"
        let listener = lodestar_local_listen(path)
        try #require(listener >= 0)
        defer { close(listener) }
        let fault = try #require(throws: HostFault.self) {
            _ = try ControlClient.ask(.status, at: path, patience: 200)
        }
        #expect(fault.reason.contains("does not answer"))
        // Also when so many wait that the next one cannot even call.
        var waiting: [Int32] = []
        while case let client = lodestar_local_connect(path, 50), client >= 0, waiting.count < 100 {
            waiting.append(client)
        }
        #expect(waiting.count < 100)
        let full = try #require(throws: HostFault.self) {
            _ = try ControlClient.ask(.status, at: path, patience: 200)
        }
        #expect(full.reason.contains("does not answer"))
        waiting.forEach { close($0) }
    }

    @Test func noAgentIsAFault() throws {
        let folder = TemporaryFolder()
        let fault = try #require(throws: HostFault.self) {
            _ = try ControlClient.ask(.status, at: "\(folder.path)/agent.sock")
        }
        #expect(fault.reason.hasPrefix("ENOENT"))
    }
}
