import Foundation
import SystemFiles
import Model
import Testing

/// A mark that combines with the character before it, and CR LF, make one Character of Swift of two: nothing that means
/// something to a shell, to cron or to a file may hide in one.
@Suite struct CombiningMarkTests {
    static let words = [
        "a", "", "'\u{301}", "/srv/'\u{301};echo evil;'\u{301}", "$\u{301}(echo evil)", "`\u{301}echo evil`\u{301}",
        "\"\u{301};echo evil;\"\u{301}",
        "\\\u{301}", ";\u{301} echo evil", "a b", "%", "*", "~", "a\u{301}", "\u{A0}", "a\r\nb",
        "\u{1F3F4}\u{200D}\u{2620}",
    ]

    @Test(arguments: words) func aWordIsOneWordToTheShell(_ word: String) throws {
        for (place, wanted) in [("%", word), ("'%'", word), ("\"%\"", word), ("x\"%\"y'%'", "x\(word)y\(word)")] {
            let template = "set -- \(place); [ $# = 1 ] || echo many; exec env -i \"V=$1\" env"
            guard let text = ShellTemplate(template).filled(with: word) else {
                Issue.record("\(template) was refused")
                continue
            }
            let process = Process(), pipe = Pipe()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", text]
            process.standardOutput = pipe
            process.standardError = pipe
            try process.run()
            let said = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            #expect(Array(said) == Array("V=\(wanted)\n".utf8), "\(text): \(String(decoding: said, as: UTF8.self))")
        }
    }

    @Test(arguments: [
        ("a\r\nb\r\n", ["a", "b", ""]), ("a\nb", ["a", "b"]), ("", [""]), ("\r\n", ["", ""]),
        ("a\rb\r\n\r\nc", ["a\rb", "", "c"]),
        ("a\n\u{301}b", ["a", "\u{301}b"]),
    ])
    func linesEndAtNewlines(text: String, lines: [String]) {
        #expect(text.textLines(omittingEmpty: false).map { Array($0.utf8) } == lines.map { Array($0.utf8) })
        #expect(text.has("\n") == (lines.count > 1))
    }
}
