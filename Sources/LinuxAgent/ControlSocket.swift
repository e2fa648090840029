public import Agent
import CShim
import Glibc
public import Model
import SystemCalls

/// The local socket through which commands ask the agent: a request in one line there, an answer in one line back.
final class ControlSocket {
    private struct Client {
        var descriptor: Int32
        var received: [UInt8] = []
        /// On the boot-time clock: a client that says nothing is left.
        var deadline: Int64
    }

    static let lineLimit = 16384
    private static let clientLimit = 32

    let listener: Int32
    private let path: String
    private var clients: [Client] = []

    init(path: String) throws(HostFault) {
        self.path = path
        listener = lodestar_local_listen(path)
        if listener < 0 { throw HostFault("listen at", path, ErrorNumber.text(-listener)) }
    }

    func close() {
        for client in clients { Glibc.close(client.descriptor) }
        Glibc.close(listener)
        unlink(path)
    }

    var descriptors: [Int32] { clients.map(\.descriptor) }
    var nextDeadline: Int64? { clients.map(\.deadline).min() }

    func accept(boot: Int64) {
        let client = lodestar_local_accept(listener)
        guard client >= 0 else { return }
        if clients.count >= Self.clientLimit { Glibc.close(clients.removeFirst().descriptor) }
        clients.append(Client(descriptor: client, deadline: boot + 5000))
    }

    /// Reads what clients have sent and answers whole lines.
    func serve(boot: Int64, _ answer: (String) -> String) {
        for index in clients.indices.reversed() {
            var bytes = [UInt8](repeating: 0, count: 1024)
            let count = read(clients[index].descriptor, &bytes, bytes.count)
            if count > 0 { clients[index].received += bytes[..<count] }
            let received = clients[index].received
            let end = received.firstIndex(of: 0x0A)
            if let end {
                let text = answer(String(decoding: received[..<end], as: UTF8.self))
                send("\(text)\n", to: clients[index].descriptor)
            }
            let isSilent = count < 0 && errno == EAGAIN && boot < clients[index].deadline
            if end == nil, received.count <= Self.lineLimit, count > 0 || isSilent { continue }
            Glibc.close(clients[index].descriptor)
            clients.remove(at: index)
        }
    }

    /// A client that does not read gets what its socket holds.
    private func send(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            done += count
        }
    }
}

/// The other side: a command that asks the agent.
public enum ControlClient {
    /// An agent that is stopped, or hangs, is waited for so long; milliseconds.
    public static let patience: Int64 = 10_000

    /// Asks the agent.
    ///
    /// - Throws: when no agent listens at the path, it may not be asked, or it says nothing that can be read.
    public static func ask(
        _ request: AgentRequest, at path: String, patience: Int64 = ControlClient.patience
    ) throws(HostFault) -> AgentAnswer {
        func fault(_ number: Int32) -> HostFault {
            let isSilent = number == EAGAIN || number == EWOULDBLOCK || number == EINPROGRESS
            return HostFault(
                "ask", "the agent at \(path)",
                isSilent ? "it is there and does not answer within \(patience / 1000) s" : ErrorNumber.text(number))
        }
        let deadline = SystemClock.monotonicNanoseconds + UInt64(patience) * 1_000_000
        let client = lodestar_local_connect(path, patience)
        guard client >= 0 else { throw fault(-client) }
        defer { close(client) }
        guard LocalFiles.writeAll(Array("\(request.line)\n".utf8), to: client) else { throw fault(errno) }
        var answer: [UInt8] = [], bytes = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(client, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw fault(errno) }
            if count == 0 { break }
            answer += bytes[..<count]
            if SystemClock.monotonicNanoseconds > deadline { throw fault(EAGAIN) }
        }
        let line = String(decoding: answer, as: UTF8.self)
        guard let answer = AgentAnswer(line: line) else {
            throw HostFault(
                "ask", "the agent at \(path)",
                "expected an answer, found `\(line.prefix(80))`; an agent of another version is to be restarted")
        }
        return answer
    }
}
