import Foundation
import SystemCalls
import TestSupport
import Testing

/// Programs are run through the C shim: how they end and what they print is data, within limits of time and size.
@Suite(.enabled(if: geteuid() == 0, "only root can take another identity")) struct ChildRunTests {
    private static func shell(_ script: String) -> ChildRun {
        ChildRun(["/bin/sh", "-c", script], environment: ["WORD=a b"], timeout: 60_000)
    }

    @Test(
        arguments: [
            ("exit 0", 0, nil), ("exit 255", 255, nil), ("kill -TERM $$", 143, 15), ("kill -KILL $$", 137, 9),
            // The bit that tells of a core dump is no part of the signal's number.
            ("ulimit -c unlimited; cd /tmp; kill -SEGV $$", 139, 11),
        ] as [(String, Int32, Int32?)])
    func anEndIsData(_ script: String, _ status: Int32, _ signal: Int32?) throws {
        let result = try Self.shell(script).result()
        #expect(result.exitStatus == status && result.signal == signal)
        #expect(!result.hasTimedOut && !result.wasInterrupted)
    }

    struct Surroundings: CustomTestStringConvertible, Sendable {
        var testDescription: String, script: String, output: String
        var errors = ""
        var change: @Sendable (inout ChildRun) -> Void = { _ in }
    }

    static let surroundings = [
        Surroundings(
            testDescription: "both outputs are one, in their order", script: "echo a; echo b >&2; echo c",
            output: "a\nb\nc\n"),
        Surroundings(
            testDescription: "errors may stand apart", script: "echo a; echo b >&2; echo c", output: "a\nc\n",
            errors: "b\n", change: { $0.separatesErrors = true }),
        Surroundings(testDescription: "input is empty where none is given", script: "cat; echo end", output: "end\n"),
        Surroundings(
            testDescription: "no bytes are no input either", script: "cat; echo end", output: "end\n",
            change: { $0.input = [] }),
        Surroundings(
            testDescription: "any byte is input", script: "od -An -tx1", output: " 00 0a ff\n",
            change: { $0.input = [0, 10, 255] }),
        Surroundings(
            testDescription: "more input than a pipe holds arrives", script: "wc -c", output: "1048576\n",
            change: { $0.input = Array(repeating: UInt8(ascii: "x"), count: 1 << 20) }),
        Surroundings(
            testDescription: "the environment is the given one and nothing else",
            script: "/usr/bin/env -u PWD -u _ -u SHLVL -u OLDPWD", output: "WORD=a b\n"),
        Surroundings(testDescription: "files are private unless asked otherwise", script: "umask", output: "0077\n"),
        Surroundings(
            testDescription: "the mask is the wanted one", script: "umask", output: "0022\n",
            change: { $0.umask = 0o022 }),
        Surroundings(
            testDescription: "the folder is the wanted one", script: "pwd", output: "/usr\n",
            change: { $0.directory = "/usr" }),
        Surroundings(
            testDescription: "user, group and groups are all of them", script: "id -u; id -g; id -G",
            output: "4001\n4002\n4002 4003\n",
            change: { $0.identity = ChildRun.Identity(uid: 4001, gid: 4002, groups: [4003]) }),
        Surroundings(
            testDescription: "no descriptor of this process is handed on", script: "ls /proc/self/fd",
            output: "0\n1\n2\n3\n"),
        Surroundings(
            testDescription: "no signal is blocked or ignored", script: "grep -E '^Sig(Blk|Ign)' /proc/self/status",
            output: "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"),
        Surroundings(
            testDescription: "a program without a path is looked up", script: "", output: "found\n",
            change: { $0.arguments = ["echo", "found"] }),
    ]

    @Test(arguments: surroundings) func aProgramHasTheSurroundingsThatAreAsked(_ row: Surroundings) throws {
        var run = Self.shell(row.script)
        row.change(&run)
        let inherited = open("/dev/null", O_RDONLY)
        defer { close(inherited) }
        let result = try run.result()
        #expect(result.output == row.output)
        #expect(String(decoding: result.errors, as: UTF8.self) == row.errors)
    }

    /// Around the borders of the two halves that are kept.
    @Test(arguments: [0, 1, 32_767, 32_768, 32_769, 65_535, 65_536, 65_537, 98_304, 400_000])
    func theFirstAndTheLastOfAnOutputAreKept(byteCount: Int) throws {
        let whole = Array((1...100_000).lazy.map { "\($0)\n" }.joined().utf8.prefix(byteCount))
        let result = try Self.shell("seq 1 100000 | head -c \(byteCount)").result()
        #expect(result.head == Array(whole.prefix(32_768)))
        #expect(result.tail == Array(whole.dropFirst(32_768).suffix(32_768)))
        #expect(result.omittedByteCount == max(0, byteCount - ChildResult.outputLimit))
        let hasRemark = result.output.contains("... \(byteCount - 65_536) bytes left out ...\n")
        #expect(hasRemark == (byteCount > 65_536))
    }

    @Test func ofErrorsTheFirstAreKept() throws {
        var run = Self.shell("seq 1 100000 >&2")
        run.separatesErrors = true
        let result = try run.result()
        #expect(result.errors.count == 1024 && result.errors.starts(with: "1\n2\n3\n".utf8))
        #expect(result.output.isEmpty && result.exitStatus == 0)
    }

    /// The second one shows that a program which does not listen is killed.
    @Test(
        arguments: [("exec sleep 100", 15), ("trap '' TERM; echo early; while :; do sleep 1; done", 9)]
            as [(String, Int32)])
    func timeEndsAProgram(_ script: String, _ signal: Int32) throws {
        var run = Self.shell("echo early; " + script)
        run.timeout = 1500
        let result = try run.result()
        #expect(result.hasTimedOut && result.signal == signal)
        #expect(result.output.hasPrefix("early\n"))
    }

    @Test func timeEndsWhatAProgramStartedToo() throws {
        var run = Self.shell("sleep 100 & echo $!; wait")
        run.timeout = 1500
        let result = try run.result()
        let process = try #require(pid_t(result.output.prefix { $0 != "\n" }))
        #expect(result.hasTimedOut)
        func runs() -> Bool { ProcessRecord(of: process).map { $0.state != "Z" } ?? false }
        for _ in 0..<200 where runs() { usleep(50_000) }
        #expect(!runs())
    }

    @Test func whatIsLeftInTheBackgroundIsNotWaitedFor() throws {
        let result = try Self.shell("sleep 100 & echo $!").result()
        let process = try #require(pid_t(result.output.prefix { $0 != "\n" }))
        #expect(kill(process, SIGKILL) == 0, "still there when the run is over")
        #expect(result.exitStatus == 0 && !result.hasTimedOut)
    }

    @Test(
        arguments: [
            ("no program", ["/no/such"], "/", nil, .program, ENOENT),
            ("none of that name", ["no-such-program"], "/", nil, .program, ENOENT),
            ("a file that is no program", ["/etc/passwd"], "/", nil, .program, EACCES),
            ("a folder is none either", ["/etc"], "/", nil, .program, EACCES),
            ("no folder", ["/bin/true"], "/no/such", nil, .directory, ENOENT),
            ("a file for a folder", ["/bin/true"], "/etc/passwd", nil, .directory, ENOTDIR),
            ("no root", ["/bin/true"], "/", "/no/such", .root, ENOENT),
        ] as [(String, [String], String, String?, ChildFault.Stage, Int32)])
    func aProgramThatDoesNotStartIsAFault(
        _ claim: String, _ words: [String], _ folder: String, _ root: String?, _ stage: ChildFault.Stage, _ error: Int32
    ) throws {
        var run = ChildRun(words, environment: [], timeout: 60_000)
        (run.directory, run.root) = (folder, root)
        let fault = #expect(throws: ChildFault.self) { _ = try run.result() }
        #expect(fault?.stage == stage && fault?.error == ErrorNumber(error), "\(claim)")
    }

    /// A guard may look at everything and change nothing.
    @Test(
        arguments: [
            ("cat a", 0), ("echo x > a", 2), ("mkdir d", 1), ("rm a", 1), ("chmod 777 a", 1),
            ("mount -o remount,rw,bind / 2>&1", 32), ("test $(grep -c : /proc/self/net/dev) -gt 1", 1),
        ] as [(String, Int32)])
    func aGuardChangesNothing(_ script: String, _ status: Int32) throws {
        let folder = TemporaryFolder()
        folder.file("a", "kept")
        var run = Self.shell(script)
        (run.directory, run.isGuard) = (folder.path, true)
        #expect(try run.result().exitStatus == status)
        #expect(try DirectoryListing(of: folder.path).names == ["a"])
        #expect(try LocalFiles.contents(of: "\(folder.path)/a", limit: 100) == Array("kept".utf8))
    }
}
