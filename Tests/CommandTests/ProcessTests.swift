import Foundation
import Testing

/// What the process meets: full outputs, missing /proc, limits, signals.
@Suite struct ProcessTests {
    private func shell(_ text: String) -> Tool.Result {
        Tool.run(["bash", "-c", text.replacing("LODESTAR", with: Tool.binary)])
    }

    @Test(arguments: [
        "LODESTAR eval '1 + 1' > /dev/full", "LODESTAR --help > /dev/full", "LODESTAR --version > /dev/full",
        "LODESTAR check Examples/first > /dev/full", "LODESTAR schema > /dev/full", "LODESTAR plan --help > /dev/full",
        "ulimit -f 0; LODESTAR eval '1 + 1' > out-of-room; e=$?; rm -f out-of-room; exit $e",
    ]) func outputThatNobodyGetsIsNoSuccess(_ command: String) {
        let result = shell(command)
        #expect(result.status == 74, "\(command): \(result.status) \(result.errors)")
        #expect(result.errors.contains("cannot write standard output"), "\(result.errors)")
    }

    @Test func aFullErrorOutputIsNoSuccess() throws {
        let site = try Tool.site("file: {/etc/x: {content: x}}\n")
        // A link is no part of a site, which is a warning.
        try FileManager.default.createSymbolicLink(
            atPath: "\(site)/manifests/link.yaml", withDestinationPath: "/nowhere")
        #expect(shell("LODESTAR check '\(site)' 2> /dev/full").status == 74)
        #expect(shell("LODESTAR check '\(site)'").status == 0)
    }

    /// The arguments come from the kernel, not from a file that may not be there.
    @Test(.enabled(if: getuid() == 0, "unshare needs root")) func argumentsNeedNoProc() {
        let result = shell("unshare -m bash -c \"mount -t tmpfs none /proc && LODESTAR eval '6 * 7'\"")
        #expect(result.status == 0 && result.output == "42\n", "\(result.status) \(result.output) \(result.errors)")
        let wrong = shell("unshare -m bash -c \"mount -t tmpfs none /proc && LODESTAR eval '6 *'\"")
        #expect(
            wrong.status == shell("LODESTAR eval '6 *'").status && wrong.status != 0, "\(wrong.status) \(wrong.errors)")
    }

    @Test func tooManyOpenFilesIsNoMissingSite() throws {
        let site = try Tool.site("")
        let result = shell("ulimit -n 4; LODESTAR check '\(site)'")
        #expect(
            ![0, 66].contains(result.status) && result.errors.contains("EMFILE"), "\(result.status) \(result.errors)")
    }

    @Test(.enabled(if: getuid() == 0, "apply needs root")) func namesCannotSteerATerminal() throws {
        let root = try Tool.bareRoot()
        let site = try Tool.site(
            #"file: {"/etc/a\e[2J\e]0;x\a": {content: x}}"# + "\n"
                + #"line: {"n\e[8m": {path: /etc/none, text: "\e[1A"}}"# + "\n")
        for words in [
            ["plan", site], ["apply", site], ["catalog", site], ["graph", site], ["explain", "line:n\u{1B}[8m", site],
        ] {
            let result = Tool.run(
                [Tool.binary] + words + (["explain", "catalog", "graph"].contains(words[0]) ? [] : ["--root", root]))
            #expect(
                !(result.output + result.errors).unicodeScalars.contains { $0.value < 32 && $0 != "\n" && $0 != "\t" },
                "\(words[0])")
        }
        for words in [["ledger"], ["history"], ["show", "1"]] {
            let result = Tool.run([Tool.binary] + words + ["--root", root])
            #expect(!(result.output + result.errors).contains("\u{1B}"), "\(words[0])")
        }
        let broken = try Tool.site(#"fil\e: {}"# + "\n" + #""x\e[2J": {}"# + "\n")
        #expect(!Tool.lodestar("check", broken).errors.contains("\u{1B}"))
    }

    /// More directories than a process may have open files.
    @Test(.enabled(if: getuid() == 0, "apply needs root")) func manyDirectoriesNeedFewDescriptors() throws {
        let root = try Tool.bareRoot()
        let names = (0..<700).map { "/srv/d\($0)" }
        let site = try Tool.site(
            "directory: {\(names.map { "\($0): {}" }.joined(separator: ", "))}\nfile: {\(names.map { "\($0)/f: {content: x}" }.joined(separator: ", "))}\n"
        )
        let result = shell("ulimit -n 1024; LODESTAR apply '\(site)' --root '\(root)' --summary")
        #expect(result.status == 0, "\(result.output.suffix(500))\(result.errors)")
        #expect(FileManager.default.fileExists(atPath: "\(root)/srv/d699/f"))
    }
}

/// SIGTERM, SIGINT and SIGHUP of an apply.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct InterruptTests {
    private let root: String, site: String

    init() throws {
        root = try Tool.rootWithShell()
        #expect(
            Tool.run(["sh", "-c", "ln -s busybox '\(root)/bin/sleep'; ln -s busybox '\(root)/bin/echo'"]).status == 0)
        site = try Tool.site(
            """
            file: {/etc/first: {content: x}}
            command:
              long: {run: "echo $$ > /pid; sleep 60; touch /finished", unless: "test -e /finished", require: ["file:/etc/first"]}
            """)
    }

    private func pid(_ path: String) -> Int32? {
        (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { Int32($0.split(separator: "\n").first ?? "") }
    }

    /// Whether a process is there and has not ended.
    private func isRunning(_ process: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return false }
        return !status.contains("State:\tZ")
    }

    /// Starts an apply, waits until its command runs, and sends signals.
    private func interrupt(_ signals: [Int32]) throws -> (status: Int32, said: String, command: Int32) {
        let apply = Process(), pipe = Pipe()
        apply.executableURL = URL(filePath: Tool.binary)
        apply.arguments = ["apply", site, "--root", root]
        apply.standardOutput = pipe
        apply.standardError = pipe
        try apply.run()
        var command: Int32?
        for _ in 0..<500 where command == nil {
            usleep(20_000)
            command = pid("\(root)/pid")
        }
        for signal in signals {
            kill(apply.processIdentifier, signal)
            usleep(100_000)
        }
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        apply.waitUntilExit()
        return (apply.terminationStatus, said, try #require(command))
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP]) func anInterruptEndsWhatRunsAndSaysSo(_ signal: Int32) throws {
        let result = try interrupt([signal])
        #expect(result.status == 128 + signal, "\(result.said)")
        #expect(result.said.contains("interrupted by SIG"), "\(result.said)")
        #expect(!isRunning(result.command), "the command goes on")
        #expect(FileManager.default.fileExists(atPath: "\(root)/etc/first"))
        let history = Tool.lodestar("show", "1", "--root", root).output
        #expect(history.contains("failed  command:long") && history.contains("interrupted"), "\(history)")
        let again = Tool.lodestar("plan", site, "--root", root)
        #expect(again.output.contains("command:long") && !again.output.contains("file:/etc/first"), "\(again.output)")
    }

    /// Two signals: a command that does not end by the first is killed by the second, and so is the apply.
    @Test func aSecondInterruptEndsAtOnce() throws {
        try """
        command:
          long: {run: "trap '' TERM INT HUP; echo $$ > /pid; sleep 60", unless: "false"}
        """.write(toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        let start = Date()
        let result = try interrupt([SIGTERM, SIGTERM])
        #expect(result.status == 128 + SIGTERM && Date().timeIntervalSince(start) < 8)
        usleep(200_000)
        #expect(!isRunning(result.command), "the command goes on")
    }

    /// What nohup(1) ignores stays ignored.
    @Test func anIgnoredSignalStaysIgnored() throws {
        try "file: {/etc/x: {content: x}}\n".write(
            toFile: "\(site)/manifests/base.yaml", atomically: true, encoding: .utf8)
        let result = Tool.run([
            "sh", "-c",
            "trap '' HUP; (sleep 0.02; kill -HUP $$) & exec timeout 30 '\(Tool.binary)' apply '\(site)' --root '\(root)'",
        ])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
}
