public import Model

/// The whole configuration that a guarded file is part of, as one text, for the program that must accept it.
public struct SafeguardTrial {
    private let prospect: Prospect
    private let place: AbsolutePath
    private var lines: [(text: String, path: AbsolutePath, number: Int)] = []

    public init(_ safeguard: Safeguard, of change: GuardedChange, on host: any HostReading) throws(HostFault) {
        prospect = Prospect(host, change)
        place = change.place
        let path = change.place, bytes = change.bytes
        switch safeguard {
        case .sudoers:
            // The file first, alone and whole: nothing else decides where its mistakes are.
            let files = try Sudoers(reading: prospect).files
            for file in files.filter({ $0.place == path }) + files.filter({ $0.place != path }) {
                add(file.document, file.path)
            }
            if let bytes, !files.contains(where: { $0.place == path }) { add(SudoersFile(parsing: bytes), path) }
        case .sshd:
            let directives = try SshdDirectives(reading: prospect).all
            for directive in directives where directive.block == nil { add(directive) }
            var block: String?
            for directive in directives where directive.block != nil {
                if directive.block != block, let text = directive.block {
                    lines.append((text, directive.path, directive.line))
                }
                block = directive.block
                add(directive)
            }
            if let bytes, !directives.contains(where: { $0.place == path }) {
                for line in SshdFile(parsing: bytes).directives { lines.append((line.text, path, line.line)) }
            }
        case .pam: break
        }
    }

    private mutating func add(_ document: SudoersFile, _ path: AbsolutePath) {
        for (index, line) in FileLine.lines(of: document.bytes).lines.enumerated()
        where !document.includeLines.contains(index + 1) {
            lines.append((line.text, path, index + 1))
        }
    }

    private mutating func add(_ directive: SshdDirectives.Directive) {
        lines.append((directive.text, directive.path, directive.line))
    }

    /// Why PAM would not take the file, as far as its form tells.
    public func problemOfService() throws(HostFault) -> String? {
        try prospect.document(PamService.self, at: place)?.problem(on: prospect)
    }

    public var text: String { lines.map { "\($0.text)\n" }.joined() }

    /// What a program said of the text, with the file and the line that it means.
    public func explained(_ output: String) -> String {
        let words = output.split(whereSeparator: { !$0.isNumber })
        for word in words {
            guard let number = Int(word), lines.indices.contains(number - 1),
                output.contains("line \(number)") || output.contains("stdin:\(number):")
            else { continue }
            let line = lines[number - 1]
            return "\(line.path):\(line.number): \(output)"
        }
        return output
    }
}

extension Safeguard {
    /// What asks the program about a whole configuration on its standard input.
    public var trialCommand: String? {
        switch self {
        case .sudoers: "/usr/sbin/visudo -cf -"
        case .sshd: "/usr/sbin/sshd -t -f /dev/stdin"
        case .pam: nil
        }
    }

    /// Whether a program that failed says nothing against the configuration: sshd reads all of it before it looks for
    /// its account, its keys and its directory (main() of OpenSSH's sshd.c).
    public func isBesidesThePoint(_ output: String) -> Bool {
        guard self == .sshd, !output.contains("stdin") else { return false }
        return ["no hostkeys available", "Missing privilege separation directory", "Privilege separation user"]
            .contains { output.contains($0) }
    }
}
