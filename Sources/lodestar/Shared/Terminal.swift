import Model
import State
import SystemCalls

/// Results go to standard output, diagnostics to standard error. What stands in a site or on a host cannot steer a terminal.
enum Terminal {
    /// Why a stream could not be written; the first reason counts.
    nonisolated(unsafe) private(set) static var fault: String?

    static func print(_ text: String) { write("\(text.printableLines(keepsColors: isColored))\n", to: 1) }
    /// JSON stays JSON: what could steer a terminal can only stand in its strings, and is escaped as they are.
    static func printJSON(_ text: String) { write("\(text.harmlessJSON)\n", to: 1) }
    static func report(_ text: String) { write("\(text.printableLines(keepsColors: false))\n", to: 2) }

    /// - Parameter remark: a line that a diagnostic gets besides.
    static func report(_ diagnostics: Diagnostics, _ remark: (Diagnostic) -> String? = { _ in nil }) {
        let sorted = diagnostics.sorted
        guard !sorted.isEmpty else { return }
        // Beside what must not be shown, nothing of its line is.
        let hidden = Set(sorted.compactMap { $0.place }.filter(\.hidesText).map(\.lineName))
        let texts = sorted.enumerated().map { index, diagnostic in
            let isShown = index < 100 && diagnostic.place.map { !hidden.contains($0.lineName) } ?? true
            let text = diagnostic.text(columns: isShown ? errorColumns : nil)
            return text + (remark(diagnostic).map { "\n  \($0)" } ?? "")
        }
        report(texts.joined(separator: "\n"))
    }

    /// Turns a fault of the host or of the state into its message and exit code.
    static func reportingFaults<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let fault as StateFault {
            report("error: \(fault.text)")
            throw ExitStatus.failure
        } catch let fault as HostFault {
            report("error: \(fault.text)")
            throw ExitStatus.failure
        }
    }

    private static func write(_ text: String, to descriptor: Int32) {
        func write() -> Bool { LocalFiles.writeAll(Array(text.utf8), to: descriptor) }
        if statusLine?.cleared(write) ?? write() { return }
        let name = descriptor == 1 ? "standard output" : "standard error"
        let reason = "cannot write \(name): \(ErrorNumber.last.text)"
        if fault == nil { fault = reason }
    }

    /// Colour only on a terminal that has some, and never with NO_COLOR (no-color.org).
    static let isColored = isCapable(1) && ThisProcess.environment("NO_COLOR") == nil

    /// How wide the terminal on standard error is now; nil if standard error is no terminal, or a dumb one.
    static var errorColumns: Int? { isCapable(2) ? TerminalSize.columns(of: 2) ?? 80 : nil }

    /// How wide the terminal on standard output is; nil if it is no terminal, or a dumb one.
    static var outputColumns: Int? { isCapable(1) ? TerminalSize.columns(of: 1) ?? 80 : nil }

    /// The status line, while a run goes on.
    nonisolated(unsafe) private static var statusLine: StatusLine?

    /// Runs something with a status line on standard error, where that is a terminal.
    static func withStatusLine<Result>(_ body: (StatusLine?) throws -> Result) rethrows -> Result {
        guard errorColumns != nil else { return try body(nil) }
        let line = StatusLine(columns: { ThisProcess.isInForeground(of: 2) ? errorColumns : nil }) {
            LocalFiles.writeAll(Array($0.utf8), to: 2)
        }
        let ticker = Ticker(everyMilliseconds: 200) { line.tick() }
        statusLine = line
        defer {
            ticker?.stop()
            line.end()
            statusLine = nil
        }
        return try body(line)
    }

    /// Whether a descriptor is a terminal that can do more than print (`TERM` in environ(7)).
    private static func isCapable(_ descriptor: Int32) -> Bool {
        ThisProcess.isTerminal(descriptor) && ThisProcess.environment("TERM") != "dumb"
    }
}
