import Agent
import Glibc
import Scheduling
import Testing

@testable import LinuxAgent
import TestSupport

@Suite(.enabled(if: geteuid() == 0, "only root's folder is believed")) struct DefinitionFolderTests {
    private let folder = TemporaryFolder()
    private static let text = #"{"format": 1, "name": "a", "every": "1s", "run": "true"}"#

    private func opened() -> DefinitionFolder { DefinitionFolder(path: folder.path, hostIdentifier: "host") }

    @Test func whatChangesIsTaken() {
        let definitions = opened()
        #expect(definitions.scan().taken.isEmpty)
        folder.file("a.json", Self.text)
        folder.file("b.txt", Self.text)
        #expect(definitions.scan().taken.map(\.name) == ["a"])
        #expect(definitions.scan().taken.isEmpty)
        folder.file("a.json", Self.text.replacing("1s", with: "22s"))
        #expect(definitions.look(at: ["a"]).taken.map(\.timing) != [])
        unlink("\(folder.path)/a.json")
        #expect(definitions.scan().removed == ["a"])
    }

    /// Some systems have all files at the beginning of time.
    @Test func aChangeIsSeenWithoutATime() {
        let path = folder.file("a.json", Self.text)
        var times = [timeval(), timeval()]
        utimes(path, &times)
        let definitions = opened()
        let first = definitions.scan().taken.map(\.timing)
        let descriptor = open(path, O_WRONLY)
        let other = Array(Self.text.replacing("1s", with: "2s").utf8)
        write(descriptor, other, other.count)
        close(descriptor)
        utimes(path, &times)
        #expect(definitions.scan().taken.map(\.timing) != first)
    }

    @Test(arguments: [
        ("a link", "expected a regular file, found a link"), ("a fifo", "expected a regular file"),
        ("a user's file", "expected a file that only its owner root can write"), ("no JSON", "expected "),
    ])
    func whatIsNoDefinitionIsRefused(kind: String, reason: String) {
        switch kind {
        case "a link": folder.link("a.json", to: "/etc/passwd")
        case "a fifo": mkfifo("\(folder.path)/a.json", 0o644)
        case "a user's file": folder.file("a.json", Self.text, owner: 1000)
        default: folder.file("a.json", "{")
        }
        let definitions = opened(), changes = definitions.scan()
        #expect(changes.refused.map(\.name) == ["a"])
        #expect(changes.refused.first?.reason.hasPrefix(reason) == true)
        #expect(definitions.refusedCount == 1 && !definitions.hasUnread)
        // It is told once.
        #expect(definitions.scan().refused.isEmpty || kind == "no JSON")
    }

    @Test func aFolderOfSomebodyElseIsNotBelieved() {
        folder.file("a.json", Self.text)
        let definitions = opened()
        #expect(definitions.scan().taken.count == 1)
        chown(folder.path, 1000, 1000)
        let changes = definitions.scan()
        #expect(changes.removed == ["a"] && definitions.hasUnread)
        #expect(changes.unread.first?.reason.hasSuffix("to be root's, found the owner 1000") == true)
        #expect(definitions.scan().unread.isEmpty)
        chown(folder.path, 0, 0)
        #expect(definitions.scan().taken.count == 1 && !definitions.hasUnread)
    }

    @Test func zonesAreLookedAtOnlyWhenTheyChange() {
        folder.file("a.json", Self.text)
        let definitions = opened()
        _ = definitions.scan()
        let (changes, zones) = definitions.lookAtZones()
        #expect(changes.taken.isEmpty && zones.isEmpty)
    }
}
