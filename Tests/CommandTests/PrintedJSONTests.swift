import Foundation
import Testing

/// What could steer a terminal is escaped in JSON as JSON escapes it.
struct PrintedJSONTests {
    @Test func anAddressWithHiddenMarksIsReadBackFromJSON() throws {
        let site = try Tool.site(#"file: {"/etc/a\e[31m\u202e\u0085\u007f": {content: "x\u2066\n"}}"#)
        let root = try Tool.bareRoot()
        let result = Tool.lodestar("plan", site, "--root", root, "--format", "json")
        let plan = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let resources = try #require(plan["resources"] as? [[String: Any]])
        #expect(resources.map { $0["address"] as? String } == ["file:/etc/a\u{1b}[31m\u{202e}\u{85}\u{7f}"])
        #expect(!result.output.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
        #expect(!result.output.unicodeScalars.contains { ["\u{202e}", "\u{2066}"].contains($0) })
    }
}
