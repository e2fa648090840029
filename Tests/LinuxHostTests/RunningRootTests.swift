import LinuxHost
import Testing

/// The root that this program runs in is one, however it is written.
@Suite struct RunningRootTests {
    @Test(arguments: [
        ("/", "/"), ("/.", "/"), ("//", "/"), ("/..", "/"), ("/usr/..", "/"), ("/proc/self/root", "/"),
        ("/usr", "/usr"), ("/usr//", "/usr"),
    ])
    func aRootIsTheRunningOneByWhatItIs(_ text: String, _ path: String) throws {
        let linux = try Linux(root: text)
        #expect(linux.rootPath == path)
        #expect(linux.isRunning == (path == "/"))
    }
}
