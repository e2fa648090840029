import Compiler
import Model
import Testing

/// What an expression may do to a field besides giving its value: leave it out, or refuse.
@Suite struct OptionalFieldTests {
    @Test func nullOfAnExpressionLeavesAFieldOut() {
        let manifest = """
            vars: {mode: null}
            file:
              /etc/a: {content: x, mode: "${{ vars.mode }}", owner: "${{ 1 == 1 ? null : 'root' }}"}
            """
        #expect(OwnershipTests.findings(manifest).isEmpty)
    }

    @Test func aNullThatIsWrittenIsAMistake() {
        #expect(OwnershipTests.findings("file:\n  /etc/a: {content: x, mode: null}\n").count == 1)
        #expect(OwnershipTests.findings("file:\n  /etc/a: {content: x, owner: \"a${{ null }}\"}\n").count == 1)
    }

    @Test func failRefusesWithTheAuthorsWords() {
        let found = OwnershipTests.findings("file:\n  /etc/a: {content: \"${{ fail('no such team: ' + 'x') }}\"}\n")
        #expect(found.map(\.message) == ["no such team: x"])
        #expect(found.first?.place?.line == 2)
        #expect(OwnershipTests.findings("file:\n  /etc/a: {content: \"${{ true ? 'x' : fail('never') }}\"}\n").isEmpty)
    }

    @Test func theNumberOfAnAccountThatIsGoneStaysItsOwn() {
        let found = OwnershipTests.findings("user:\n  old: {state: absent, uid: 3100}\n  new: {uid: 3100}\n")
        #expect(found.map(\.message) == ["expected one owner of user number 3100, found user:new beside user:old"])
        #expect(OwnershipTests.findings("user:\n  old: {state: absent}\n  new: {uid: 3100}\n").isEmpty)
    }
}
