import Model
import Resources
import Testing

/// Changes are asked by property, and by no name.
struct DifferencesTests {
    private func file(_ change: (inout File) -> Void) -> File {
        var file = File()
        change(&file)
        return file
    }

    @Test func aPropertyThatDiffersIsFoundAndNoOther() {
        let there = file { $0.owner = .name(.root) }
        let differences = file {
            $0.owner = .number(1)
            $0.group = nil
        }.differences(from: there)
        #expect(differences[\.owner]?.new == .text("1"))
        #expect(!differences.contains(\.group) && !differences.contains(\.content) && !differences.isEmpty)
    }

    @Test func whatATypeSaysItselfStandsInPlaceOfTheTable() {
        let wanted = file {
            $0.owner = .number(1)
            $0.group = .number(2)
        }
        let own = Change("owner", from: nil, to: .text("own"))
        let changes = File.propertyChanges(from: nil, to: wanted, replacing: ["owner": own, "group": nil])
        #expect(changes == [own])
    }

    /// The rows of a record that another type holds are told apart.
    @Test func aPartIsNoRowOfItsOwn() {
        let all = Schedule.propertyChanges(from: nil, to: Schedule())
        #expect(!all.isEmpty && !Differences<Schedule>(all).contains(\.definition))
    }
}
