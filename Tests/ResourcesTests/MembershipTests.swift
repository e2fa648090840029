import Engine
import SystemFiles
import Model
import Resources
import Testing

/// Long lists are shown by what comes and what goes.
@Suite struct MembershipTests {
    private func manifest(_ names: [String], _ other: String = "") -> String {
        let users = (0..<300).map { "u\($0): {system: true}" }.joined(separator: ", ")
        return "user: {\(users)}\ngroup: {web: {members: {exactly: [\(names.joined(separator: ", "))]}}\(other)}\n"
    }

    @Test func aLargeGroupIsShownByItsDifference() throws {
        let bench = try LawBench.simulated(), all = (0..<300).map { "u\($0)" }
        let first = try bench.plan(try LawBench.catalog(manifest(all)))
        let text = PlanText(first, isColored: false).text(.full)
        let line = try #require(text.textLines().first { $0.contains("members") })
        #expect(line.contains("exactly u0, u1, u2"))
        #expect(line.utf8.count < 700 && line.hasSuffix(" more"), "\(line)")
        #expect(try bench.apply(first).count(.failed) == 0)
        let changed = Array(all.dropFirst(2)) + ["root"]
        let second = try bench.plan(try LawBench.catalog(manifest(changed)))
        let change = try #require(second.resources.first { $0.address.key == "web" }?.changes.first)
        #expect(change == Change("members", from: .text("300 of them"), to: .text("adds 1: root; removes 2: u0, u1")))
        #expect(try bench.apply(second).count(.failed) == 0)
        #expect(!(try bench.plan(try LawBench.catalog(manifest(changed)))).hasChanges)
    }

    @Test func shortListsAreShownWhole() throws {
        let names = try ["a", "b", "c"].map { try #require(AccountName($0)) }
        let few = Membership.exactly(Array(names.prefix(2)))
        #expect(
            few.change("m", from: names, as: \.text)
                == Change("m", from: .text("exactly a, b, c"), to: .text("exactly a, b")))
        #expect(
            few.change("m", from: [], as: \.text) == Change("m", from: .text("exactly none"), to: .text("exactly a, b"))
        )
        #expect(few.change("m", from: Array(names.prefix(2)), as: \.text) == nil)
        #expect(few.change("m", from: Array(names.prefix(2)), strangers: ["x y"], as: \.text) != nil)
        #expect(Membership.atLeast(names).change("m", from: names, strangers: ["x y"], as: \.text) == nil)
    }

    @Test(arguments: [(String(repeating: "x", count: 600), "... (600 characters)"), ("short", "short")])
    func aLongTextIsCutInOneLine(text: String, end: String) {
        let line = ShownText.text(text).line
        #expect(line.hasSuffix(end) && line.utf8.count < 600)
    }
}
