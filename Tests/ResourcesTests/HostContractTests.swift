import Foundation
import SystemFiles
import LinuxHost
import Model
import SimulatedHost
import TestSupport
import Testing

/// What every host promises: the simulated one over a real root does step by step what the real one does on it, and
/// afterwards they read the same. A plan is true because of that.
@Suite(.serialized, .enabled(if: LawBench.realHostProblem == nil, "\(LawBench.realHostProblem ?? "")"))
struct HostContractTests {
    private static let folder = AbsolutePath.root.appending("contract")

    private func path(_ text: String) -> AbsolutePath { Self.folder.appending(text) }

    private func emptied(_ host: some Model.Host) throws {
        if let status = try host.status(of: Self.folder) {
            let removal = Removal(Self.folder, kind: status.kind, isRecursive: true)
            for result in host.perform([.remove(removal)]) { _ = try result.get() }
        }
        let creation = DirectoryCreation(Self.folder, attributes: Attributes())
        for result in host.perform([.makeDirectory(creation)]) { _ = try result.get() }
    }

    /// Everything that can be read below a path, a line each.
    private func reading(_ path: AbsolutePath, on host: some HostReading) throws -> [String] {
        guard let status = try host.status(of: path) else { return ["\(path) nothing"] }
        var line = "\(path) \(status.kind) \(status.permissions) \(status.owner):\(status.group)"
        switch status.kind {
        case .file:
            let bytes = try host.contents(of: path, limit: 1 << 20)
            line += " \(status.byteCount) bytes \(Digest(of: bytes)) \(try host.digest(of: path))"
            line += " \(String(decoding: bytes, as: UTF8.self).debugDescription)"
            let lines = try host.document(TextLines.self, at: path)
            line += " \(lines?.bytes == bytes)"
        case .link: line += " -> \(try host.linkTarget(of: path))"
        case .directory, .device, .fifo, .socket: break
        }
        let names = try host.entries(of: path)
        if let names { line += " [\(names.joined(separator: " "))]" }
        return [line] + (try (names ?? []).flatMap { try reading(path.appending($0), on: host) })
    }

    private func succeeded(_ step: Step, on host: some Model.Host) -> Bool {
        host.perform([step]).allSatisfy { if case .success = $0 { true } else { false } }
    }

    @Test func bothHostsDoTheSameWithRandomSteps() throws {
        let bench = try LawBench.real()
        defer { bench.remove() }
        let count = ProcessInfo.processInfo.environment["LODESTAR_CONTRACT_SEEDS"].flatMap { UInt64($0) } ?? 40
        for seed in 1...count {
            try emptied(bench.host)
            let simulated = Simulation(over: bench.host, today: 20_000)
            var generator = SeededGenerator(seed: seed), steps: [Step] = []
            for _ in 0..<12 { steps.append(step(&generator)) }
            // The whole sequence in memory first: what is below must not know of it.
            let expected = steps.map { succeeded($0, on: simulated) }
            let wanted = try reading(Self.folder, on: simulated)
            for (number, step) in steps.enumerated() {
                let did = succeeded(step, on: bench.host)
                #expect(did == expected[number], "seed \(seed), step \(number): \(steps[...number])")
                if did != expected[number] { return }
            }
            let found = try reading(Self.folder, on: bench.host)
            #expect(found == wanted, "seed \(seed): \(steps)")
            if found != wanted { return }
        }
    }

    private func step(_ generator: inout SeededGenerator) -> Step {
        func any<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &generator)] }
        let place = path(any(["a", "b", "c", "l", "a/x", "a/y", "b/x", "a/x/deep"]))
        let other = path(any(["a", "b", "a/x", "a/y", "b/x"]))
        let text = Content(any(["", "one\n", "one\ntwo\n", "two", "three\r\nfour\n"]))
        let replaced = any([Replaced.nothing, .file(nil), .anything])
        let kind = any([FileStatus.Kind.file, .file, .directory, .directory, .link])
        var attributes = Attributes()
        if Bool.random(using: &generator) { attributes.mode = FileMode(Permissions(any([0o600, 0o644, 0o755]))) }
        if Bool.random(using: &generator) { attributes.group = .number(any([0, 4])) }
        switch Int.random(in: 0..<12, using: &generator) {
        case 0, 1: return .writeFile(FileWrite(place, content: text, attributes: attributes, replaced: replaced))
        case 2, 3: return .makeDirectory(DirectoryCreation(place, attributes: attributes, replaced: replaced))
        case 4:
            let parents = Bool.random(using: &generator)
            // No link to a directory: what stands below one in memory is not looked for where the link leads.
            let link = path(any(["l", "c/l", "a/x/l"]))
            return .makeLink(LinkCreation(link, target: "/etc/hosts", replaced: replaced, makesParents: parents))
        case 5:
            let isRecursive = Bool.random(using: &generator)
            return .remove(
                Removal(place, kind: kind, isRecursive: isRecursive, sparesFull: Bool.random(using: &generator)))
        case 6: return .remove(Removal(place, kind: kind, emptiedBelow: Self.folder))
        case 7: return .setAttributes(AttributeChange(place, kind: kind, attributes: attributes))
        case 8: return .accountFiles(.moveHome(HomeMove(from: path(any(["a", "b", "c", "a/x"])), to: other)))
        case 9: return .setKernelValue(KernelSetting(place, value: any(["1", "1 2", "on"])))
        default:
            let isPresent = Bool.random(using: &generator)
            let edit = LineEdit(
                text: Content(any(["one", "two", "five"])), match: any([nil, "^t", "e$"]), isPresent: isPresent)
            let creation = Bool.random(using: &generator) ? attributes : nil
            return .editFile(FileEdit(place, edit, creation: creation, removesEmpty: !isPresent))
        }
    }

    @Test(arguments: [
        ("a directory has no contents", "/etc"), ("a link is read, not followed", "/contract-link"),
        ("nothing is there", "/no/such"),
    ])
    func bothHostsRefuseAlike(_ claim: String, _ text: String) throws {
        let bench = try LawBench.real()
        defer { bench.remove() }
        let link = LinkCreation(try "/contract-link".asPath, target: "/etc/passwd", replaced: .nothing)
        for result in bench.host.perform([.makeLink(link)]) { _ = try result.get() }
        let path = try text.asPath
        for host in [bench.host, Simulation(over: bench.host, today: 0)] as [any HostReading] {
            #expect(throws: HostFault.self, "\(claim)") { _ = try host.contents(of: path, limit: 10) }
            #expect(throws: HostFault.self, "\(claim)") { _ = try host.digest(of: path) }
        }
    }

    @Test func whatIsLargerThanTheLimitIsAFault() throws {
        let bench = try LawBench.real()
        defer { bench.remove() }
        let path = try "/contract-file".asPath, write = FileWrite(path, content: Content("12345"), replaced: .nothing)
        let simulated = Simulation(over: bench.host, today: 0)
        for host in [simulated, bench.host] as [any Model.Host] {
            for result in host.perform([.writeFile(write)]) { _ = try result.get() }
            #expect(try host.contents(of: path, limit: 5).count == 5)
            #expect(throws: HostFault.self) { _ = try host.contents(of: path, limit: 4) }
        }
    }

    @Test func bothHostsKeepTheSameAccounts() throws {
        let bench = try LawBench.real()
        defer { bench.remove() }
        let databases = try ["passwd", "group", "shadow", "gshadow", "subuid", "subgid"].map { try "/etc/\($0)".asPath }
        let name = try #require(AccountName("contract")), crew = try #require(AccountName("crew"))
        var user = UserRecord(name: name), changed = UserRecord(name: name)
        user.comment = "Con Tract"
        (changed.shell, changed.groups, changed.isLocked) = (try "/bin/sh".asPath, .exactly([crew]), true)
        let sequence: [[Step]] = [
            [.accounts(.setGroup(GroupRecord(name: crew, gid: 4711))), .accounts(.setUser(user))],
            [.accounts(.setUser(changed))],
            [.groupRemoval(name)],
            [.accounts(.removeUser(name)), .groupRemoval(crew), .groupRemoval(crew)],
        ]
        let real = try Linux(root: try #require(bench.root), today: 20_000)
        let simulated = Simulation(over: real, today: 20_000)
        for steps in sequence {
            let expected = simulated.perform(steps).map { "\($0)" }, did = real.perform(steps).map { "\($0)" }
            #expect(did == expected)
        }
        for path in databases {
            let wanted = try simulated.contents(of: path, limit: 1 << 20)
            #expect(try real.contents(of: path, limit: 1 << 20) == wanted, "\(path)")
        }
    }
}
