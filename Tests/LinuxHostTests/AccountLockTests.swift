import Foundation
import Model
import TestSupport
import Testing

@testable import LinuxHost

/// The locks of shadow-utils: who holds them is waited for, what a dead one left is taken, and nothing stays behind.
@Suite(.enabled(if: geteuid() == 0, "only root may lock the databases of accounts")) struct AccountLockTests {
    private static let names = ["group", "gshadow", "passwd", "shadow", "subgid", "subuid"].map { "\($0).lock" }
    private let folder = TemporaryFolder()

    private func locks(patience: Int = 200) throws -> AccountLocks {
        let directory = OpenDirectory(descriptor: open(folder.path, O_RDONLY | O_CLOEXEC), trust: .root, place: .root)
        return try AccountLocks(in: directory, patience: patience)
    }

    private var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    /// The number of a process that has ended.
    private static func deadProcess() throws -> Int32 {
        let process = try Process.run(URL(filePath: "/bin/true"), arguments: [])
        process.waitUntilExit()
        return process.processIdentifier
    }

    @Test func eachDatabaseIsLockedAndReleased() throws {
        let locks = try locks()
        #expect(names == [".pwd.lock"] + Self.names)
        for name in Self.names {
            let text = try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
            #expect(text == "\(getpid())\u{0}", "as shadow-utils writes it")
        }
        locks.release()
        #expect(names == [".pwd.lock"])
        try self.locks().release()
    }

    @Test(arguments: names) func aSecondHolderIsRefusedAndLeavesNothing(_ name: String) throws {
        folder.file(name, "1")
        #expect(throws: HostFault("lock", "/etc/\(name)", "process 1 holds it")) { _ = try locks() }
        #expect(names == [".pwd.lock", name])
        #expect(try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8) == "1")
    }

    @Test func theCentralLockHasOneHolderToo() throws {
        let path = folder.file(".pwd.lock")
        let holder = Process(), output = Pipe(), input = Pipe()
        holder.executableURL = URL(filePath: "/usr/bin/python3")
        holder.arguments = [
            "-c",
            "import fcntl,sys; f=open(sys.argv[1],'w'); fcntl.lockf(f,fcntl.LOCK_EX); print(flush=True); sys.stdin.read()",
            path,
        ]
        (holder.standardOutput, holder.standardInput) = (output, input)
        try holder.run()
        _ = output.fileHandleForReading.availableData
        let fault = HostFault("lock", "/etc/.pwd.lock", "process \(holder.processIdentifier) holds it")
        #expect(throws: fault) { _ = try locks() }
        #expect(names == [".pwd.lock"])
        try input.fileHandleForWriting.close()
        holder.waitUntilExit()
        try locks().release()
    }

    @Test(arguments: names) func whatADeadProcessLeftIsTaken(_ name: String) throws {
        folder.file(name, "\(try Self.deadProcess())\u{0}")
        try locks().release()
        #expect(names == [".pwd.lock"])
    }

    /// A number can be that of a later process, and a power cut can leave a lock without a number.
    @Test(arguments: ["1", "", "nobody", "\u{0}"]) func anOldLockIsTaken(_ text: String) throws {
        let path = folder.file("shadow.lock", text)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path)
        try locks().release()
        #expect(names == [".pwd.lock"])
    }

    @Test func aNewLockWithoutANumberIsWaitedForAndThenTaken() throws {
        folder.file("shadow.lock")
        #expect(throws: HostFault("lock", "/etc/shadow.lock", "somebody holds it")) { _ = try locks() }
        #expect(names == [".pwd.lock", "shadow.lock"])
        try locks(patience: 15_000).release()
        #expect(names == [".pwd.lock"])
    }
}
