import Glibc
import SystemCalls
import TestSupport
import Testing
import Values

@Suite struct LocalFilesTests {
    private let folder = TemporaryFolder()

    @Test func whatIsWrittenIsReadAndNothingElseIsLeft() throws {
        let path = "\(folder.path)/a"
        for bytes in [[], [1, 2, 3], [UInt8](repeating: 7, count: 200_000)] as [[UInt8]] {
            try LocalFiles.write(bytes, to: path)
            #expect(try LocalFiles.contents(of: path) == bytes)
            #expect(try LocalFiles.stateContents(of: path) == bytes)
        }
        #expect(try LocalFiles.names(in: folder.path) == ["a"])
        #expect(LocalStatus(of: path)?.mode == 0o600)
    }

    @Test func aFailureLeavesWhatWasThere() throws {
        try LocalFiles.makeDirectory("\(folder.path)/a/b")
        #expect(throws: HostFault.self) { try LocalFiles.write([1], to: "\(folder.path)/a") }
        #expect(throws: HostFault.self) { try LocalFiles.write([1], to: "\(folder.path)/missing/a") }
        #expect(try LocalFiles.names(in: folder.path) == ["a"])
    }

    @Test func aLinkIsReplacedAndNotFollowed() throws {
        let path = "\(folder.path)/a", other = "\(folder.path)/b"
        try LocalFiles.write([1], to: other)
        symlink(other, path)
        try LocalFiles.write([2], to: path, isDurable: false)
        #expect(try LocalFiles.contents(of: other) == [1])
        #expect(LocalStatus(of: path, followsLinks: false)?.kind == .file)
    }

    @Test func nothingIsNoFault() throws {
        #expect(try LocalFiles.contents(of: "\(folder.path)/a") == nil)
        #expect(try LocalFiles.stateContents(of: "\(folder.path)/a/b") == nil)
        #expect(try LocalFiles.names(in: "\(folder.path)/a").isEmpty)
    }

    /// A file of /proc says that its size is 0, one of /sys that it is a page.
    @Test(arguments: ["/proc/self/status", "/proc/cpuinfo", "/sys/kernel/uevent_seqnum"])
    func filesOfTheKernelAreReadWhole(_ path: String) throws {
        let bytes = try #require(try LocalFiles.contents(of: path))
        #expect(bytes.last == 0x0A)
    }

    @Test func moreThanTheLimitIsAFault() throws {
        let path = "\(folder.path)/a"
        try LocalFiles.write([UInt8](repeating: 7, count: 100), to: path)
        #expect(try LocalFiles.contents(of: path, limit: 100)?.count == 100)
        for (path, limit, reason) in [
            (path, 99, "it has more than 99 bytes"), ("/dev/zero", 1 << 20, "it has more than 1 MiB"),
        ] {
            let fault = try #require(throws: HostFault.self) { _ = try LocalFiles.contents(of: path, limit: limit) }
            #expect(fault.reason == reason)
        }
    }

    @Test func ofItsOwnFilesOnlyPlainOnesAreRead() throws {
        let path = "\(folder.path)/a"
        mkfifo(path, 0o600)
        symlink("a", "\(folder.path)/l")
        let fifo = try #require(throws: HostFault.self) { _ = try LocalFiles.stateContents(of: path) }
        #expect(fifo.text == "cannot read \(path): expected a regular file, found a fifo")
        let link = try #require(throws: HostFault.self) { _ = try LocalFiles.stateContents(of: "\(folder.path)/l") }
        #expect(link.reason == "expected no link, found one")
    }

    @Test func oneProcessHoldsALock() throws {
        let path = "\(folder.path)/lock"
        let lock = try ProcessLock(at: path)
        let held = try #require(throws: ProcessLock.Held.self) { _ = try ProcessLock(at: path) }
        #expect(held.process == getpid())
        withExtendedLifetime(lock) {}
    }

    @Test func aStateFolderIsMadeWhereItsLinksLeadWithinTheRoot() throws {
        try LocalFiles.makeDirectory("\(folder.path)/var")
        symlink("/srv/lib", "\(folder.path)/var/lib")
        #expect(try StateFolder.made(below: folder.path) == "\(folder.path)/srv/lib/lodestar")
        #expect(LocalStatus(of: "\(folder.path)/srv/lib/lodestar")?.mode == 0o700)
        #expect(LocalStatus(of: "\(folder.path)/srv")?.mode == 0o755)
    }
}
