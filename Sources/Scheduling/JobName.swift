import Model

/// A name for a job from the words of its command: that of the program, or of the script that an interpreter runs.
enum JobName {
    /// Programs that run another one, whose words come after their options.
    private static let runners: Set<String> = [
        "env", "nice", "ionice", "sudo", "exec", "command", "timeout", "flock", "chronic", "setsid", "nohup", "time",
        "stdbuf", "chpst", "systemd-cat", "cronic", "savelog", "start-stop-daemon", "runuser", "eatmydata", "unbuffer",
        "nocache", "invoke-rc.d", "su",
    ]
    private static let interpreters: Set<String> = [
        "sh", "bash", "dash", "zsh", "ksh", "python", "python2", "python3", "perl", "php", "ruby", "node", "run-parts",
    ]
    /// Commands that only prepare or ask.
    private static let preparations: Set<String> = [
        "test", "[", "[[", "cd", "umask", "export", "sleep", "true", ":", "ulimit", ".", "source", "fi", "done", "echo",
        "printf", "date", "}", "set", "trap", "return", "exit", "unset",
    ]
    /// Words before a command on the same line.
    private static let keywords: Set<String> = ["then", "else", "elif", "do", "if", "while", "!", "{"]
    /// Options of runners that have a word of their own.
    private static let optionsWithWord: Set<String> = [
        "-u", "-g", "-c", "-s", "-k", "-w", "-t", "-p", "-C", "-E", "-h", "-U",
    ]

    /// The longest name without its number.
    private static let limit = 50

    static func base(of command: String) -> String {
        ShellWords.commands(of: command).lazy.compactMap { name(ofWords: $0[...]) }.first ?? "job"
    }

    /// nil for a command that only prepares another one.
    private static func name(ofWords words: ArraySlice<String>) -> String? {
        var words = words.drop { isAssignment($0) }
        // What follows brackets may be the rest of a condition.
        guard let first = words.popFirst(), first.first.map({ !"-$]".contains($0) }) ?? false else { return nil }
        let program = String(first.split(separator: "/").last ?? first[...])
        if keywords.contains(program) { return name(ofWords: words) }
        if preparations.contains(program) { return nil }
        if runners.contains(program) { return name(ofRun: words, by: program) ?? plain(program) }
        return interpreters.contains(program) ? script(of: words, program) : plain(program)
    }

    /// Options, their words, numbers and the files of locks are no program.
    private static func name(ofRun words: ArraySlice<String>, by program: String) -> String? {
        var words = words, hasOperand = program != "flock"
        while let word = words.first {
            if word == "-c", program == "flock" || program.hasPrefix("su") || program == "runuser" {
                return words.dropFirst().first.map { base(of: $0) }
            }
            if optionsWithWord.contains(word) {
                words = words.dropFirst(2)
            } else if word.hasPrefix("-") || isAssignment(word) || word.first?.isNumber == true {
                words = words.dropFirst()
            } else if !hasOperand {
                hasOperand = true
                words = words.dropFirst()
            } else {
                break
            }
        }
        return name(ofWords: words)
    }

    /// `python3 -m module`, `sh -c text`, or the script.
    private static func script(of words: ArraySlice<String>, _ program: String) -> String? {
        var words = words
        while let word = words.first, word.hasPrefix("-") {
            words = words.dropFirst()
            if word == "-m", let module = words.first { return plain(module) }
            if word == "-c", program.hasSuffix("sh") { return words.first.map { base(of: $0) } }
            // A text of the interpreter's own language.
            if word == "-e" || word == "-c" || word == "-r" { return nil }
        }
        guard let script = words.first else { return plain(program) }
        return plain(String(script.split(separator: "/").last ?? script[...])) ?? plain(program)
    }

    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.firstIndex(of: "="), equals > word.startIndex else { return false }
        return ScheduleDefinition.isVariable(String(word[..<equals]))
    }

    /// The part of a text that a name may hold; nil if nothing is left.
    private static func plain(_ text: String) -> String? {
        let kept = text.utf8.filter { $0.isASCIIWord || "_-.".utf8.contains($0) }
        var base = String(decoding: kept, as: UTF8.self).prefix(limit)
        while let first = base.first, "_-.".contains(first) { base.removeFirst() }
        while let last = base.last, "_-.".contains(last) { base.removeLast() }
        return base.isEmpty ? nil : String(base)
    }
}

/// The commands of a shell's text and their words, as far as names need them: without quotes and redirections.
enum ShellWords {
    static func commands(of text: String) -> [[String]] {
        var commands: [[String]] = [[]], word = "", isWord = false, quote: Character?, isEscaped = false
        var skipsWord = false
        func endWord() {
            if isWord, !skipsWord { commands[commands.count - 1].append(word) }
            if isWord { skipsWord = false }
            (word, isWord) = ("", false)
        }
        for character in text {
            if isEscaped {
                word.append(character)
                isEscaped = false
            } else if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "\\" {
                (isEscaped, isWord) = (true, true)
            } else if character == "'" || character == "\"" {
                (quote, isWord) = (character, true)
            } else if " \t".contains(character) {
                endWord()
            } else if character == ">" || character == "<" {
                // The number of a descriptor belongs to the redirection, and so does the next word.
                if word.allSatisfy(\.isNumber) { (word, isWord) = ("", false) }
                endWord()
                skipsWord = true
            } else if character == "&", skipsWord, !isWord {
                continue
            } else if ";|&()\n`".contains(character) {
                endWord()
                skipsWord = false
                if commands.last?.isEmpty == false { commands.append([]) }
            } else {
                word.append(character)
                isWord = true
            }
        }
        endWord()
        return commands.filter { !$0.isEmpty }
    }
}
