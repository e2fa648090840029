import Foundation
import Model
import Testing

@testable import LinuxHost

/// Questions to what really runs, and answers of HTTP that are not as they should be.
@Suite struct TrialTests {
    private static func answer(_ pieces: String...) -> (answer: HTTPAnswer, isWhole: Bool) {
        var answer = HTTPAnswer(), isWhole = false
        for piece in pieces where !isWhole { isWhole = answer.take(Array(piece.utf8)) }
        return (answer, isWhole)
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no", 200, "o", false),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokay", 200, "ok", true),
        ("HTTP/1.0 204 \r\n\r\n", 204, "", false),
        ("HTTP/1.1 503 Busy\r\ncontent-length:0\r\n\r\n", 503, "", true),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n3;x=y\r\nay!\r\n0\r\n\r\n", 200, "okay!",
            true
        ),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok", 200, "", false),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nok", 200, "ok", false),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nok", 200, "", false),
        ("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nok", 200, "ok", false),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok", 200, "ok", false),
        ("SSH-2.0-OpenSSH\r\n\r\n", 0, "", true), ("HTTP/1.1 2000 OK\r\n\r\n", 0, "", true),
        ("HTTP/2 200\r\n\r\n", 0, "", true), ("\r\n\r\n", 0, "", true),
    ])
    func anAnswerIsReadAsFarAsItGoes(_ text: String, _ status: Int, _ body: String, _ isWhole: Bool) {
        let found = Self.answer(text)
        #expect(found.answer.status == status && found.isWhole == isWhole)
        #expect(String(decoding: found.answer.body, as: UTF8.self) == body)
        // Byte by byte it is the same.
        var answer = HTTPAnswer()
        for byte in text.utf8 { if answer.take([byte]) { break } }
        #expect(answer.status == status)
        #expect(body.hasPrefix(String(decoding: answer.body, as: UTF8.self)))
    }

    @Test func aBodyAndAHeadWithoutEndAreCut() {
        var answer = HTTPAnswer()
        var isWhole = answer.take(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
        #expect(!isWhole)
        isWhole = answer.take([UInt8](repeating: 0x61, count: HTTPAnswer.limit + 10))
        #expect(isWhole)
        #expect(answer.body.count == HTTPAnswer.limit)
        var head = HTTPAnswer()
        isWhole = head.take([UInt8](repeating: 0x61, count: 1 << 16))
        #expect(isWhole && head.status == nil)
    }

    /// A server of one kind of answer on a free port of the loopback.
    private final class Server {
        let process = Process()
        let port: Int

        init(_ body: String) throws {
            let output = Pipe()
            let script = """
                import socket
                s = socket.create_server(("127.0.0.1", 0))
                print(s.getsockname()[1], flush=True)
                number = 0
                while True:
                    c, _ = s.accept()
                    number += 1
                    try: \(body)
                    except OSError: pass
                    c.close()
                """
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["python3", "-c", script]
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            port = Int(line.split(separator: "\n").first ?? "") ?? 0
        }

        deinit { process.terminate() }

        var http: Trial.Question? { HTTPTarget("http://127.0.0.1:\(port)/a?b=c").map { .http($0, status: nil) } }
        var tcp: Trial.Question? { SocketTarget("127.0.0.1:\(port)").map { .tcp($0) } }
    }

    /// What a trial ends with; nil where it held.
    private func ending(
        _ question: Trial.Question?, expected: String? = nil, hold: Duration = .milliseconds(600)
    ) throws -> HostFault? {
        let trial = Trial(try #require(question), expected: expected, within: .seconds(1), hold: hold)
        guard case .failure(let fault) = try Linux(root: "/").perform(.trials([trial])).first else { return nil }
        return fault
    }

    private static let good = #"c.recv(4096); c.sendall(b"HTTP/1.1 200 OK\r\n\r\nall is well")"#

    @Test func whatAnswersHolds() throws {
        let server = try Server(Self.good)
        #expect(try ending(server.http, expected: "is well") == nil)
        #expect(try ending(server.tcp) == nil)
        let banner = try Server(#"c.sendall(b"220 mail ready\r\n")"#)
        #expect(try ending(banner.tcp, expected: "mail ready") == nil)
    }

    @Test func theRequestIsAPlainOne() throws {
        let server = try Server(#"c.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + c.recv(4096))"#)
        #expect(try ending(server.http, expected: "GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n") == nil)
    }

    @Test(arguments: [
        (good, "is bad", "an answer without `is bad`, which begins with `all is well`"),
        (#"c.recv(4096); c.sendall(b"HTTP/1.1 500 No\r\n\r\n")"#, nil, "status 500"),
        (#"c.recv(4096); c.sendall(b"HTTP/1.1 302 Away\r\n\r\n")"#, nil, "status 302"),
        (#"c.recv(4096); c.sendall(b"SSH-2.0-x\r\n\r\n")"#, nil, "something that is no HTTP"),
        ("c.recv(4096)", nil, "something that is no HTTP"),
        (#"c.recv(4096); c.sendall(b"x" * 10000000)"#, nil, "something that is no HTTP"),
        (
            #"c.recv(4096); c.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 10000000 + b"is well")"#, "is well",
            "an answer without"
        ),
        (
            #"c.recv(4096); c.sendall(b"HTTP/1.1 200 OK\r\n\r\n" if number < 3 else b"HTTP/1.1 503 Busy\r\n\r\n")"#,
            nil,
            "status 503"
        ),
    ])
    func whatAnswersOtherwiseIsToldByItsLastAnswer(_ body: String, _ expected: String?, _ found: String) throws {
        let server = try Server(body)
        let fault = try #require(try ending(server.http, expected: expected))
        #expect(fault.kind == .disproof)
        #expect(fault.reason.contains("found \(found)"), "\(fault.reason)")
    }

    @Test func nobodyThereIsADisproof() throws {
        let fault = try #require(try ending(SocketTarget("127.0.0.1:1").map { .tcp($0) }))
        #expect(fault.kind == .disproof && fault.reason.contains("ECONNREFUSED"), "\(fault)")
        #expect(fault.reason.hasPrefix("expected an open port within 1s, for 600ms, found"), "\(fault)")
    }

    @Test(.enabled(if: getuid() == 0, "needs root to be nobody")) func programsAreAskedAsNobody() throws {
        func command(_ words: [String]) -> Trial.Question {
            .command(CommandRun(.arguments(words), user: .name(.nobody), timeout: .seconds(2)))
        }
        #expect(try ending(command(["/usr/bin/id", "-un"]), expected: "nobody") == nil)
        let failed = try #require(try ending(command(["/bin/sh", "-c", "echo no; exit 3"])))
        #expect(failed.kind == .disproof && failed.reason.hasSuffix("found status 3: no"), "\(failed)")
        let silent = try #require(try ending(command(["/usr/bin/sleep", "20"])))
        #expect(silent.reason.hasSuffix("found nothing within 2s"), "\(silent)")
        let missing = try #require(try ending(command(["/no/such"])))
        #expect(missing.kind == .disproof && missing.reason.contains("ENOENT"), "\(missing)")
    }
}
