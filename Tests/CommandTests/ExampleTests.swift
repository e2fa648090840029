import Foundation
import Testing

/// Every example passes `check` and plans what was recorded, on a root that `Examples/bare-root.sh` makes.
@Suite struct ExampleTests {
    private static let root = ProcessInfo.processInfo.environment["LODESTAR_TEST_ROOT"] ?? "/var/tmp/lodestar-test-root"
    static let names = ["first", "web", "secrets", "fleet"]

    @Test(arguments: names + ["company"]) func checkFindsNothing(_ name: String) {
        let result = Tool.lodestar("check", "Examples/\(name)")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.isEmpty)
    }

    /// The one with the standard roles needs a whole Debian: it is applied.
    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: "\(root)/.complete"), "needs Tests/Tools/make-root.sh"),
        .enabled(if: getuid() == 0, "needs root"), .timeLimit(.minutes(20)))
    func aFreshRootBecomesAWebServer() {
        let result = Tool.run(["\(Tool.top)Tests/Tools/company-judge.sh", Tool.binary, Self.root])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test(arguments: names) func planIsAsRecorded(_ name: String) throws {
        let root = try Tool.bareRoot()
        if name == "fleet" {
            let hosts = try String(contentsOfFile: "\(Tool.top)Examples/fleet/inventory/hosts.yaml", encoding: .utf8)
            let id = try #require(hosts.firstMatch(of: /"([0-9a-f]{32})"/)).1
            try id.write(toFile: "\(root)/etc/machine-id", atomically: true, encoding: .utf8)
            try "prod-web-1\n".write(toFile: "\(root)/etc/hostname", atomically: true, encoding: .utf8)
        }
        var words = ["plan", "Examples/\(name)", "--root", root]
        if name == "secrets" { words += ["--identity", "Examples/secrets/identity.example"] }
        let result = Tool.run([Tool.binary] + words)
        #expect(result.status == 0, "\(result.errors)")
        // The number of processors is the machine's own.
        let text = result.output.replacing(/workers [0-9]+/, with: "workers N")
        let golden = "\(Tool.top)Examples/\(name)/expected-plan.txt"
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try text.write(toFile: golden, atomically: true, encoding: .utf8)
            Issue.record("recorded \(golden)")
        } else {
            #expect(try String(contentsOfFile: golden, encoding: .utf8) == text)
        }
    }
}
