import Engine
import Model
import Testing

/// Options of INI files that others own; their judge is Python's configparser (`INIJudgeTests`).
@Suite struct INITests {
    private static let other = "file:\n  /etc/lodestar-marker: {content: x}\n"

    @Test(arguments: [
        "x: {path: /f}", "x: {option: a, value: 1}", "x: {path: /f, option: '', value: 1}",
        "x: {path: /f, option: a=b, value: 1}", "x: {path: /f, option: 'a:b', value: 1}",
        "x: {path: /f, option: ' a', value: 1}", "x: {path: /f, option: 'a ', value: 1}",
        "x: {path: /f, option: \"a\\nb\", value: 1}", "x: {path: /f, option: '#a', value: 1}",
        "x: {path: /f, option: ';a', value: 1}", "x: {path: /f, option: '[a]', value: 1}",
        "x: {path: /f, option: [a], value: 1}", "x: {path: /f, option: a, value: 1, section: ''}",
        "x: {path: /f, option: a, value: 1, section: \"a\\nb\"}", "x: {path: /f, option: a, value: 1, section: {a: b}}",
        "x: {path: /f, option: a, value: ' 1'}", "x: {path: /f, option: a, value: '1 '}",
        "x: {path: /f, option: a, value: \"1\\n\"}", "x: {path: /f, option: a, value: \"1\\r\\n2\"}",
        "x: {path: /f, option: a, value: \"1\\n 2\"}", "x: {path: /f, option: a, value: \"1\\n#2\"}",
        "x: {path: /f, option: a, value: \"1\\n;2\"}", "x: {path: /f, option: a, value: \"\\n\"}",
        "x: {path: /f, option: a, value: \"\\t\"}", "x: {path: /f, option: a, value: 1, separator: ''}",
        "x: {path: /f, option: a, value: 1, separator: '=='}",
        "x: {path: /f, option: a, value: 1, separator: \"=\\n\"}",
        "x: {path: /f, option: a, value: 1, separator: ' '}", "x: {path: f, option: a, value: 1}",
        "x: {path: /f, key: a, value: 1}",
        "{x: {path: /f, option: a, value: 1}, y: {path: /f, option: a, value: 2}}",
        "{x: {path: /f, section: s, option: a, value: 1}, y: {path: /f, section: s, option: a}}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("ini:\n  \(text)\n") }
    }

    @Test(arguments: [
        "x: {path: /f, option: a b, value: '= #1 ; 2'}", "x: {path: /f, option: a, value: \"\\n1\\n\\n2\"}",
        "x: {path: /f, option: a, value: true, section: 'a]b', separator: ': '}", "x: {path: /f, option: a, value: ''}",
        "{x: {path: /f, option: a, value: 1}, y: {path: /f, section: s, option: a, value: 2}, z: {path: /f, option: A}}",
    ])
    func goodTextsAreTaken(text: String) throws {
        let bench = try LawBench.simulated(with: [("/f", "[t]\nx=1\n")])
        try bench.converge("ini:\n  \(text)\n")
    }

    @Test func anOptionComesDriftsAndGoes() throws {
        let bench = try LawBench.simulated()
        let strange: [UInt8] = Array("[s]\r\n# caf".utf8) + [0xE9, 0x0D, 0x0A] + Array("b=".utf8) + [0xFF, 0x00]
        try bench.put("/f", Content(strange))
        let one = "ini:\n  x: {path: /f, section: s, option: k, value: 1}\n"
        try bench.converge(one)
        #expect(try bench.bytes("/f") == strange + Array("\r\nk = 1".utf8))
        try bench.put("/f", Content(strange + Array("\r\nk:2\r\n  3\r\n".utf8)))
        let plan = try bench.converge(one).fullText
        #expect(plan.contains("2") && plan.contains("1"), "\(plan)")
        #expect(try bench.bytes("/f") == strange + Array("\r\nk:1\r\n".utf8))
        // Another name for the same option changes nothing.
        let renamed = try bench.plan(try LawBench.catalog("ini:\n  y: {path: /f, section: s, option: k, value: 1}\n"))
        #expect(!renamed.hasChanges)
        try bench.converge(Self.other)
        #expect(try bench.bytes("/f") == strange + Array("\r\n".utf8))
    }

    @Test func whatWasThereIsReleased() throws {
        let bench = try LawBench.simulated(with: [("/f", "[s]\nk = 0\n")])
        try bench.converge("ini:\n  x: {path: /f, section: s, option: k, value: 1}\n")
        try bench.converge(Self.other)
        #expect(try bench.text("/f") == "[s]\nk = 1\n")
        try bench.converge("ini:\n  x: {path: /f, section: s, option: k, state: absent}\n")
        #expect(try bench.text("/f") == "[s]\n")
    }

    @Test func anOptionMayStandAlone() throws {
        let bench = try LawBench.simulated(with: [("/f", "[mysqld]\n")])
        let plan = try bench.converge("ini:\n  x: {path: /f, section: mysqld, option: skip-networking}\n").fullText
        #expect(plan.contains("+ ini:x"), "\(plan)")
        #expect(try bench.text("/f") == "[mysqld]\nskip-networking\n")
        try bench.put("/f", Content("[mysqld]\nskip-networking = 0\n"))
        try bench.converge("ini:\n  x: {path: /f, section: mysqld, option: skip-networking}\n")
        #expect(try bench.text("/f") == "[mysqld]\nskip-networking = 0\n", "its value is not managed")
    }

    @Test func whatCannotBeIsRefusedEachTime() throws {
        let bench = try LawBench.simulated(with: [("/d/f", ""), ("/f", "a = 1\n")])
        try bench.perform([.makeLink(LinkCreation(try "/link".asPath, target: "/f", replaced: .nothing))])
        for _ in 0..<2 {
            for (path, reason) in [
                ("/none", "/none does not exist"), ("/d", "is a directory"), ("/link", "is a link"),
            ] {
                let text = try bench.refusal("ini:\n  x: {path: \(path), option: a, value: 2}\n", leaving: "/f")
                #expect(text.contains(reason), "\(text)")
            }
        }
        try bench.converge("ini:\n  x: {path: /none, option: a, state: absent}\n")
    }
}
