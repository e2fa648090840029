import Model
import Resources
import SimulatedHost
import TestSupport
import Testing

@testable import Engine

/// How the steps of one resource are taken: what builds on another's durability waits for it.
@Suite struct BatchTests {
    private static let path = AbsolutePath.root.appending("a"), ana = AccountName("ana") ?? .root
    private static let write = Step.writeFile(FileWrite(path, content: Content(""), replaced: .nothing))
    private static let inPlace = Step.writeFile(
        FileWrite(path, content: .whole(Content("")), replaced: .nothing, isInPlace: true))
    private static let make = Step.makeDirectory(DirectoryCreation(path, attributes: Attributes()))
    private static let link = Step.makeLink(LinkCreation(path, target: "b", replaced: .nothing))
    private static let mode = Step.setAttributes(AttributeChange(path, kind: .file, attributes: Attributes()))
    private static let removal = Step.remove(Removal(path, kind: .file))
    private static let user = Step.accounts(.setUser(UserRecord(name: ana)))
    private static let group = Step.accounts(.setGroup(GroupRecord(name: ana)))
    private static let groupRemoval = Step.groupRemoval(ana)
    private static let home = Step.accountFiles(.moveHome(HomeMove(from: path, to: path)))
    private static let package = Step.package(PackageChange(.install, "a"))
    private static let service = Step.service(ServiceOperation(.start, "a.service"))
    private static let command = Step.command(CommandRun(.shell("true")))

    @Test(
        arguments: [
            ("nothing is none", [], 0),
            ("files, folders and attributes build together", [make, write, mode, write, removal], 4),
            ("removals go together", [removal, removal, make], 2),
            ("a link is made alone", [link, link], 1), ("and ends what came before", [write, link, write], 1),
            ("a file that is written where it stands is alone", [inPlace, write], 1),
            ("and waits for the others", [write, inPlace], 1),
            ("accounts are one rewrite of the databases", [group, user, groupRemoval], 2),
            ("groups go together", [groupRemoval, groupRemoval, user], 2),
            ("what happens to an account's files is alone", [home, home], 1),
            ("packages are one transaction", [package, package, service], 2),
            ("services are told one by one", [service, service], 1),
            ("commands run one by one", [command, command], 1),
        ] as [(String, [Step], Int)])
    func stepsThatDoNotBuildOnEachOtherGoTogether(_ claim: String, _ steps: [Step], _ count: Int) {
        #expect(steps.batchCount == count, "\(claim)")
    }

    /// Notes the batches that it is given.
    private final class Recorder: Model.Host, ForwardingReader, @unchecked Sendable {
        let inner: any HostReading = EmptyHost(isRunning: false)
        var batches: [String] = []

        func makeDurable() {}

        func perform(_ batch: StepBatch) -> [StepResult] {
            let (name, count) =
                switch batch {
                case .files(let steps): ("files", steps.count)
                case .accounts(let edits): ("accounts", edits.count)
                case .groupRemovals(let names): ("groups", names.count)
                case .accountFiles(let steps): ("homes", steps.count)
                case .packages(let changes): ("packages", changes.count)
                case .services(let operations): ("services", operations.count)
                case .commands(let runs): ("commands", runs.count)
                case .trials(let trials): ("trials", trials.count)
                case .storage(let steps): ("storage", steps.count)
                }
            batches.append("\(name) \(count)")
            return (0..<count).map { .success(StepOutput(text: "\(name) \($0)")) }
        }
    }

    @Test(
        arguments: [
            ([], []), ([write, link, removal], ["files 3"]),
            ([write, user, group, mode], ["files 1", "accounts 2", "files 1"]),
            ([user, groupRemoval, user], ["accounts 1", "groups 1", "accounts 1"]),
            (
                [home, package, package, service, command, command],
                ["homes 1", "packages 2", "services 1", "commands 2"]
            ),
        ] as [([Step], [String])])
    func aLaneIsABarrier(_ steps: [Step], _ batches: [String]) {
        let host = Recorder()
        let results = host.perform(steps)
        #expect(host.batches == batches)
        #expect(results.count == steps.count, "one result for each step, in their order")
        var expected: [String] = []
        for batch in batches {
            let words = batch.split(separator: " ")
            for index in 0..<(Int(words[1]) ?? 0) { expected.append("\(words[0]) \(index)") }
        }
        #expect(results.map { (try? $0.get())?.text } == expected)
    }
}
