import CShim
import Glibc
public import Values

/// A TCP connection with one deadline for all that is done on it.
public struct Connection: ~Copyable {
    private let descriptor: Int32
    private let deadline: UInt64

    /// - Parameter attempt: how long it may take until somebody takes it, in milliseconds; nil: all the time.
    /// - Throws: where nobody takes it in time.
    public init(
        to address: IPAddress, port: UInt16, timeoutMilliseconds: Int, attemptMilliseconds attempt: Int? = nil
    ) throws(HostFault) {
        deadline = SystemClock.monotonicNanoseconds + UInt64(timeoutMilliseconds) * 1_000_000
        let result = lodestar_connect(address.bytes, address.bytes.count, port, Int32(attempt ?? timeoutMilliseconds))
        if result < 0 { throw HostFault("connect to", "\(address.text) port \(port)", ErrorNumber.text(-result)) }
        descriptor = result
    }

    deinit { close(descriptor) }

    /// Whether it can be read, or written, before the deadline.
    private func isReady(for events: Int) -> Bool { isReady(for: events, before: deadline) }

    private func isReady(for events: Int, before deadline: UInt64) -> Bool {
        while true {
            let now = SystemClock.monotonicNanoseconds
            guard now < deadline else { return false }
            var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let count = poll(&entry, 1, Int32((deadline - now) / 1_000_000 + 1))
            if count > 0 { return true }
            if count < 0, errno != EINTR { return false }
        }
    }

    public func send(_ bytes: [UInt8]) throws(HostFault) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard isReady(for: Int(POLLOUT)) else { throw HostFault("send", "a request", ErrorNumber.text(ETIMEDOUT)) }
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, [EINTR, EAGAIN].contains(errno) { continue }
            if count < 0 { throw HostFault("send", "a request", ErrorNumber.last.text) }
            rest = rest.dropFirst(count)
        }
    }

    /// The next bytes; empty at the end of what the other side says.
    public func receive(atMost count: Int) throws(HostFault) -> [UInt8] {
        guard let bytes = try receive(atMost: count, before: deadline) else {
            throw HostFault("read", "an answer", ErrorNumber.text(ETIMEDOUT))
        }
        return bytes
    }

    /// The next bytes; nil where none have come by a time (`SystemClock.monotonicNanoseconds`), which may be before the deadline.
    public func receive(atMost count: Int, before time: UInt64) throws(HostFault) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: count)
        while true {
            guard isReady(for: Int(POLLIN), before: min(time, deadline)) else { return nil }
            let got = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if got < 0, [EINTR, EAGAIN].contains(errno) { continue }
            if got < 0 { throw HostFault("read", "an answer", ErrorNumber.last.text) }
            return Array(buffer.prefix(got))
        }
    }
}
