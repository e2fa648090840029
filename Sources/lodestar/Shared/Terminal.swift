import LinuxHost
import Model

/// Results go to standard output, diagnostics to standard error.
enum Terminal {
    static func print(_ text: String) { LocalFiles.writeAll(Array("\(text)\n".utf8), to: 1) }
    static func report(_ text: String) { LocalFiles.writeAll(Array("\(text)\n".utf8), to: 2) }

    static func report(_ diagnostics: Diagnostics) {
        let sorted = diagnostics.sorted
        guard !sorted.isEmpty else { return }
        report(sorted.map(\.text).joined(separator: "\n"))
    }

    /// Colour only on a terminal, and never with NO_COLOR (no-color.org).
    static var isColored: Bool { LocalFiles.isTerminal(1) && LocalFiles.environment("NO_COLOR") == nil }
}
