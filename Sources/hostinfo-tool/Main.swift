import LinuxHostinfo
import SystemCalls

/// `hostinfo`: what `lodestar hostinfo` does, small enough that other tools can ship it.
@main
enum Main {
    static let usage = """
        usage: hostinfo [--format text|json|yaml] [--from DIR] [--root DIR]
               hostinfo explain sn|ip [--from DIR] [--root DIR]
               hostinfo capture --out DIR [--root DIR]
               hostinfo accept [--root DIR]
        Who this host is: its serial number by sn-spec/1 and its primary address by ip-spec/1, with where they come from.
        """

    static func main() {
        ThisProcess.prepare()
        let outcome = outcome(of: Array(ThisProcess.arguments.dropFirst()))
        if !outcome.output.isEmpty, !LocalFiles.writeAll(Array("\(outcome.output)\n".utf8), to: 1) {
            let fault = "error: cannot write standard output: \(ErrorNumber.last.text)\n"
            LocalFiles.writeAll(Array(fault.utf8), to: 2)
            ThisProcess.exit(74)
        }
        if !outcome.errors.isEmpty { LocalFiles.writeAll(Array("\(outcome.errors)\n".utf8), to: 2) }
        ThisProcess.exit(outcome.status)
    }

    static func outcome(of words: [String]) -> HostinfoVerbs.Outcome {
        if words.contains("--help") || words.contains("-h") { return .init(output: usage) }
        var options: [String: String] = [:], operands: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else {
                operands.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard ["--format", "--from", "--root", "--out"].contains(parts[0]) else { return misuse("found `\(word)`") }
            guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
                return misuse("found `\(word)` without a value")
            }
            options[parts[0]] = value
        }
        return outcome(operands, options)
    }

    private static func outcome(_ operands: [String], _ options: [String: String]) -> HostinfoVerbs.Outcome {
        guard let format = HostinfoVerbs.Format(rawValue: options["--format"] ?? "text") else {
            return misuse("found the format `\(options["--format"] ?? "")`")
        }
        let verbs = HostinfoVerbs(capture: options["--from"], root: options["--root"] ?? "/")
        switch (operands.first, operands.count) {
        case (nil, _): return verbs.report(format)
        case ("explain", 2):
            guard let subject = HostinfoVerbs.Subject(rawValue: operands[1]) else {
                return misuse("found `\(operands[1])` where sn or ip is explained")
            }
            return verbs.explanation(of: subject)
        case ("capture", 1):
            guard let folder = options["--out"] else { return misuse("found no --out DIR") }
            return verbs.capture(in: folder)
        case ("accept", 1): return verbs.accept()
        default: return misuse("found `\(operands.joined(separator: " "))`")
        }
    }

    private static func misuse(_ found: String) -> HostinfoVerbs.Outcome {
        .init(errors: "error: expected one of the forms below, \(found)\n\(usage)", status: 64)
    }
}
