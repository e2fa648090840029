import Foundation
import Testing

/// Whatever a path is called, a validator gets it as one word, and no shell reads it.
@Suite(.enabled(if: getuid() == 0, "apply needs root"))
struct ValidatorTests {
    static let names = [
        "plain", "with blank", "two  blanks", "it's", "say \"x\"", "$(touch injected)", "`touch injected`",
        "a;touch injected",
        "a&touch injected", "$HOME", "back\\slash", "star*", "hash#", "-dash", "a|touch injected", "<in", ">injected",
        "~",
        "!x", "ünï", "{a,b}", "(x)", "'", "\"", "\\",
    ]

    private func apply(_ folder: String, _ validator: String) throws -> (status: Int32, said: String, root: String) {
        let root = try Tool.rootWithShell()
        try FileManager.default.createDirectory(atPath: "\(root)/srv/\(folder)", withIntermediateDirectories: true)
        let path = String(decoding: try JSONEncoder().encode("/srv/\(folder)/f"), as: UTF8.self)
            .replacingOccurrences(of: "\\/", with: "/")
        let command = String(decoding: try JSONEncoder().encode(validator), as: UTF8.self)
        let site = try Tool.site("file: {\(path): {content: \"good\\n\", validate: \(command)}}\n")
        let result = Tool.lodestar("apply", site, "--root", root)
        return (result.status, result.output + result.errors, root)
    }

    private func expectNothingInjected(_ root: String) {
        #expect(Tool.run(["find", root, "-name", "*injected*", "-not", "-path", "*/srv/*"]).output.isEmpty)
    }

    @Test(arguments: names) func aPathIsOneWord(_ name: String) throws {
        for validator in ["grep -q good %", "grep -q good \"%\"", "grep -q good '%'"] {
            let result = try apply(name, validator)
            #expect(result.status == 0, "\(name), \(validator): \(result.said)")
            #expect(FileManager.default.fileExists(atPath: "\(result.root)/srv/\(name)/f"))
            expectNothingInjected(result.root)
        }
    }

    /// A second shell inside the validator never reads a name: such a path is refused, or it has nothing to read.
    @Test(arguments: names) func noSecondShellReadsAPath(_ name: String) throws {
        for validator in [
            "sh -c 'grep -q good %'", "sh -c \"grep -q good %\"", "eval grep -q good %", "test \"$(cat %)\" = good",
            "test `cat %` = good",
        ] {
            let result = try apply(name, validator)
            expectNothingInjected(result.root)
            if result.status != 0 { #expect(result.said.contains("validate"), "\(result.said)") }
        }
    }
}
