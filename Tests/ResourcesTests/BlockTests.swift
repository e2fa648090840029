import Engine
import Model
import Testing

/// Blocks of lines between markers, in files that others own.
@Suite struct BlockTests {
    private static let other = "file:\n  /etc/lodestar-marker: {content: x}\n"

    @Test(arguments: [
        "x: {path: /f}", "x: {text: a}", "x: {path: f, text: a}", "x: {path: /f/, text: a}", "x: {path: /f, text: [a]}",
        "x: {path: /f, text: \"a\\r\\nb\"}", "x: {path: /f, text: a, marker: '# x'}",
        "x: {path: /f, text: a, marker: ''}",
        "x: {path: /f, text: a, marker: '# {mark} {mark}'}", "x: {path: /f, text: a, marker: \"# {mark}\\n#\"}",
        "x: {path: /f, text: a, was: '# x'}", "x: {path: /f, text: a, was: \"# {mark}\\e\"}",
        "x: {path: /f, text: a, marker: '# {mark}', was: '# {mark}'}", "\"x\\ny\": {path: /f, text: a}",
        "\"x {mark}\": {path: /f, text: a}", "x: {path: /f, text: \"a\\n# BEGIN x (Lodestar)\\n\"}",
        "x: {path: /f, text: \" # END y\", was: '# {mark} y'}", "x: {path: /f, text: a, insert_after: '('}",
        "x: {path: /f, text: a, insert_before: '*'}", "x: {path: /f, text: a, insert_before: a, insert_after: b}",
        "x: {path: /f, text: a, line: b}",
        "{x: {path: /f, text: a, marker: '# {mark}'}, y: {path: /f, text: b, marker: '# {mark}'}}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("block:\n  \(text)\n") }
    }

    @Test func aBlockComesDriftsAndGoes() throws {
        let bench = try LawBench.simulated(with: [("/f", "one\r\n")])
        // Bytes that are no text stay.
        let strange = Array("caf".utf8) + [0xE9, 0x0D, 0x0A, 0xFF, 0x00, 0x0D, 0x0A]
        try bench.put("/f", Content(strange))
        let block = "block:\n  x: {path: /f, text: \"a\\nb\\n\"}\n"
        let whole = strange + Array("# BEGIN x (Lodestar)\r\na\r\nb\r\n# END x (Lodestar)\r\n".utf8)
        try bench.converge(block)
        #expect(try bench.bytes("/f") == whole)
        try bench.put("/f", Content(strange + Array("# BEGIN x (Lodestar)\r\nA\r\n# END x (Lodestar)\r\n".utf8)))
        #expect(try bench.converge(block).fullText.contains("A"))
        #expect(try bench.bytes("/f") == whole)
        // Its name is another's now: the block with the old one goes.
        try bench.converge("block:\n  y: {path: /f, text: \"a\\nb\\n\"}\n")
        #expect(
            try bench.bytes("/f") == strange + Array("# BEGIN y (Lodestar)\r\na\r\nb\r\n# END y (Lodestar)\r\n".utf8))
        try bench.converge(Self.other)
        #expect(try bench.bytes("/f") == strange)
    }

    @Test func theMarkerIsItsIdentity() throws {
        let bench = try LawBench.simulated(with: [("/f", "; BEGIN a\nx\n; END a\n")])
        try bench.converge("block:\n  one: {path: /f, text: x, marker: '; {mark} a'}\n")
        let plan = try bench.plan(try LawBench.catalog("block:\n  two: {path: /f, text: x, marker: '; {mark} a'}\n"))
        #expect(!plan.hasChanges, "a renamed declaration changes nothing")
        try bench.converge(Self.other)
        #expect(try bench.text("/f") == "; BEGIN a\nx\n; END a\n", "it was there before")
        try bench.converge("block:\n  one: {path: /f, marker: '; {mark} a', state: absent}\n")
        #expect(try bench.text("/f") == "")
    }

    @Test func anEarlierMarkerIsTakenOver() throws {
        let bench = try LawBench.simulated(with: [
            ("/f", "# BEGIN ANSIBLE MANAGED BLOCK\nx\n# END ANSIBLE MANAGED BLOCK\nz\n")
        ])
        try bench.converge("block:\n  x: {path: /f, text: x, was: '# {mark} ANSIBLE MANAGED BLOCK'}\n")
        #expect(try bench.text("/f") == "# BEGIN x (Lodestar)\nx\n# END x (Lodestar)\nz\n")
        // By the way of `was` the block of a renamed declaration stays where it is.
        try bench.converge("block:\n  y: {path: /f, text: x, was: '# {mark} x (Lodestar)'}\n")
        #expect(try bench.text("/f") == "# BEGIN y (Lodestar)\nx\n# END y (Lodestar)\nz\n")
    }

    @Test func whatCannotBeIsRefusedEachTime() throws {
        let bench = try LawBench.simulated(with: [("/broken", "# BEGIN x (Lodestar)\n"), ("/d/f", "")])
        try bench.perform([.makeLink(LinkCreation(try "/link".asPath, target: "/broken", replaced: .nothing))])
        for _ in 0..<2 {
            #expect(
                try bench.refusal("block:\n  x: {path: /broken, text: a}\n", leaving: "/broken").contains("in no line"))
            #expect(
                try bench.refusal("block:\n  x: {path: /none, text: a}\n", leaving: "/none").contains(
                    "/none does not exist"))
            #expect(try bench.refusal("block:\n  x: {path: /d, text: a}\n", leaving: "/d/f").contains("is a directory"))
            #expect(
                try bench.refusal("block:\n  x: {path: /link, text: a}\n", leaving: "/broken").contains("is a link"))
        }
        try bench.converge("block:\n  x: {path: /none, state: absent}\n")
    }

    @Test func twoBlocksALineAndAFilesModeShareAFile() throws {
        let bench = try LawBench.simulated(with: [("/f", "end\n")])
        try bench.converge(
            """
            file: {/f: {mode: "0600"}}
            line: {l: {path: /f, text: three}}
            block: {a: {path: /f, text: one, insert_before: ^end}, b: {path: /f, text: "", marker: "// {mark}"}}

            """)
        #expect(try bench.text("/f") == "# BEGIN a (Lodestar)\none\n# END a (Lodestar)\nend\nthree\n// BEGIN\n// END\n")
    }

    @Test func theContentHasOneOwner() {
        #expect(throws: LawBench.Problem.self) {
            try LawBench.catalog("file: {/f: {content: a}}\nblock: {x: {path: /f, text: b}}\n")
        }
    }

    @Test func aSecretIsNotShown() throws {
        let bench = try LawBench.simulated(with: [("/f", "# BEGIN x (Lodestar)\nold-secret\n# END x (Lodestar)\n")])
        var catalog = try LawBench.catalog("block:\n  x: {path: /f, text: new-secret}\n")
        let field = Node(.string("new-secret"), at: .nowhere, isSecret: true)
        var block = try #require(catalog.declarations.first)
        block.resource = try Self.with(field, block.resource)
        catalog.declarations[0] = block
        let text = PlanText(try bench.plan(catalog), isColored: false).text(.full)
        #expect(!text.contains("old-secret") && !text.contains("new-secret"), "\(text)")
        #expect(try bench.apply(try bench.plan(catalog)).count(.changed) == 1)
        #expect(try bench.text("/f")?.contains("new-secret") == true)
    }

    private static func with<Kind: Resource>(_ text: Node, _ resource: Kind) throws -> any Resource {
        var entries = resource.renderedFields.map {
            Node.Entry(key: $0.name, keyPlace: .nowhere, value: Node($0.value, at: .nowhere))
        }
        entries.removeAll { $0.key == "text" }
        entries.append(Node.Entry(key: "text", keyPlace: .nowhere, value: text))
        var faults = Diagnostics()
        return Kind.decoded(key: Node(.string(resource.key), at: .nowhere), fields: entries, into: &faults)
    }
}
