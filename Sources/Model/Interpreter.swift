/// The interpreter of a script, as the first line names it after `#!`: a path, and words for it (execve(2)).
public struct Interpreter: Sendable, Hashable {
    public let text: String

    /// The program: an absolute path, or with `/usr/bin/env` a name that is looked up.
    public var program: String { words.first { !$0.hasPrefix("-") && !$0.hasSuffix("/env") } ?? words[0] }

    private var words: [String] { text.split(separator: " ").map(String.init) }

    /// The longest first line that each kernel reads whole; before Linux 5.1 it was 127 bytes (BINPRM_BUF_SIZE).
    private static let greatestByteCount = 250

    /// Languages whose interpreters tell whether they understand a text without running it.
    private enum Language {
        case shell, python, perl, ruby
    }

    private var language: Language? {
        let name = program.split(separator: "/").last.map { $0.prefix { !$0.isNumber && $0 != "." } } ?? ""
        switch name {
        case "sh", "bash", "dash", "ash", "ksh", "mksh", "zsh": return .shell
        case "python": return .python
        case "perl": return .perl
        case "ruby": return .ruby
        default: return nil
        }
    }

    /// Whether it has a check of syntax.
    public var hasCheck: Bool { language != nil }

    /// What asks it about a script; nil where it has no such check. Python compiles in memory: nothing is written beside
    /// the script. Perl's check runs what stands in `BEGIN` blocks (perlrun(1)).
    public func check(of path: String) -> [String]? {
        switch language {
        case .shell: return [program, "-n", path]
        case .python:
            let text = """
                import sys
                try: compile(open(sys.argv[1], 'rb').read(), sys.argv[1], 'exec')
                except (SyntaxError, ValueError) as error: sys.exit('%s: %s' % (type(error).__name__, error))
                """
            return [program, "-E", "-s", "-S", "-c", text, path]
        case .perl:
            // With `-T` in the first line, perl wants it here as well.
            return [program] + words.dropFirst().filter { $0.hasPrefix("-") && !$0.hasPrefix("-S") } + ["-c", path]
        case .ruby: return [program, "-c", path]
        case nil: return nil
        }
    }

    /// What messages call the check.
    public var checkName: String {
        switch language {
        case .shell: "\(program) -n"
        case .python: "\(program) -m py_compile"
        case .perl, .ruby: "\(program) -c"
        case nil: program
        }
    }

    /// Where the program is on a host; nil where it is not.
    public func place(on host: some HostReading) throws(HostFault) -> AbsolutePath? {
        let places = program.hasPrefix("/") ? [program] : Self.folders.map { "\($0)/\(program)" }
        for path in places.compactMap({ AbsolutePath($0) }) {
            guard let status = try host.status(of: path) else { continue }
            if status.kind == .file || status.kind == .link { return path }
        }
        return nil
    }

    /// Where programs are looked up by their names.
    private static let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
}

extension Interpreter: TextValue {
    public static var shape: Shape { .text(pattern: "^/[!-~]+( [!-~]+)*$") }
    public static let expectation = "the absolute path of an interpreter, such as /bin/sh"
    public static let hint: String? =
        "as it stands after `#!`, at most \(greatestByteCount) bytes, each word after one blank"

    public init?(_ text: String) {
        let words = text.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
        guard text.hasPrefix("/"), text.utf8.count <= Self.greatestByteCount,
            words.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x21...0x7E).contains($0) } })
        else { return nil }
        self.text = text
        if AbsolutePath(String(words[0]) ?? "") == nil || program.hasSuffix("/env") { return nil }
    }
}
