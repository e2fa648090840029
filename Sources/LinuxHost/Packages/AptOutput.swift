import Model

/// Readers of the output of apt(8) and its relatives. They run no program.
enum AptOutput {
    /// One paragraph of `apt-cache policy NAME...`.
    struct Policy: Hashable {
        /// nil: there is no version to install, as for a virtual package.
        var candidate: String?
        /// The versions that some source has.
        var versions: [String] = []
    }

    /// The paragraphs by the names that apt gives: without an architecture where it is the host's.
    static func policies(_ output: String) -> [String: Policy] {
        var policies: [String: Policy] = [:], name: String?, version: String?
        for line in output.textLines() {
            if line.first != " " {
                name = line.hasSuffix(":") ? String(line.dropLast()) : nil
                if let name { policies[name] = Policy() }
                version = nil
                continue
            }
            guard let name else { continue }
            let words = line.split(separator: " ")
            if words.first == "Candidate:", let word = words.last {
                policies[name]?.candidate = word == "(none)" ? nil : String(word)
            } else if line.hasPrefix(" *** "), words.count > 1 {
                version = String(words[1])
            } else if line.hasPrefix("     "), !line.hasPrefix("        ") {
                version = words.first.map(String.init)
            } else if let found = version, !line.hasSuffix("/var/lib/dpkg/status"),
                policies[name]?.versions.contains(found) == false
            {
                policies[name]?.versions.append(found)
            }
        }
        return policies
    }

    /// Whether a transaction failed for a package that its source no longer has.
    static func saysGone(_ output: String) -> Bool { output.contains("Failed to fetch") || output.contains("404") }

    /// The prediction of `apt-get -s`. Its summary comes first: of a long output the middle is left out.
    struct Transaction: Hashable {
        var installed: [String] = []
        var removed: [String] = []
        /// The held packages that it changes.
        var held: [String] = []
    }

    static func transaction(_ output: String) -> Transaction {
        var transaction = Transaction(), section: WritableKeyPath<Transaction, [String]>?
        func add(_ name: Substring, to list: WritableKeyPath<Transaction, [String]>) {
            // A star marks what is purged.
            let name = String(name.prefix { $0 != "*" })
            if !transaction[keyPath: list].contains(name) { transaction[keyPath: list].append(name) }
        }
        for line in output.textLines() {
            let words = line.split(separator: " ")
            if line.hasPrefix("  "), let section {
                for word in words { add(word, to: section) }
                continue
            }
            section =
                line == "The following packages will be REMOVED:"
                ? \.removed : line == "The following held packages will be changed:" ? \.held : nil
            if words.first == "Inst", words.count > 1 { add(words[1], to: \.installed) }
            if ["Remv", "Purg"].contains(words.first), words.count > 1 { add(words[1], to: \.removed) }
        }
        return transaction
    }

    /// The packages that provide a virtual one, from `apt-cache showpkg NAME`.
    static func providers(_ output: String) -> [String] {
        let lines = output.textLines()
        let rest = lines.drop { !$0.hasPrefix("Reverse Provides:") }.dropFirst()
        return Set(rest.compactMap { $0.split(separator: " ").first.map(String.init) }).sorted()
    }

    /// The names of lists of packages that the sources ask for, from `apt-get update --print-uris`.
    static func lists(_ output: String) -> [String] {
        output.textLines().compactMap { line in
            let words = line.split(separator: " ")
            guard words.count > 1, line.hasPrefix("'"), words[1].hasSuffix("_Packages") else { return nil }
            return String(words[1])
        }
    }

    /// The number of the process that holds a lock which apt or dpkg wants; 0 where they do not tell; nil where no lock
    /// is in the way.
    static func lockHolder(_ output: String) -> Int32? {
        let signs = [
            "Could not get lock", "frontend lock was locked by another process", "Unable to acquire the dpkg",
            "Unable to lock",
        ]
        let lines = output.textLines().filter { line in signs.contains { line.contains($0) } }
        if lines.isEmpty { return nil }
        for line in lines {
            let words = line.split { !$0.isLetter && !$0.isNumber }
            for (word, next) in zip(words, words.dropFirst()) where word == "process" || word == "pid" {
                if let number = Int32(next) { return number }
            }
        }
        return 0
    }

    /// Whether dpkg was killed before and wants to be told to go on.
    static func saysInterrupted(_ output: String) -> Bool { output.contains("dpkg was interrupted") }

    /// The lines in which apt, dpkg and maintainer scripts speak of errors; else the last one.
    static func complaint(_ output: String) -> String {
        // Where no terminals are mounted, apt says so each time.
        let lines = output.textLines().filter { !$0.hasPrefix("E: Can not write log") }
        let errors = lines.filter {
            $0.hasPrefix("E: ") || $0.hasPrefix("dpkg: error") || $0.contains("returned error")
                || $0.contains(" : Depends: ") || $0.contains(" : Conflicts: ") || $0.contains(" : Breaks: ")
        }
        return String((errors.isEmpty ? lines.suffix(1) : errors.prefix(3)).joined(separator: "; ").prefix(400))
    }
}

extension AptOutput {
    /// Why the lists of a source could not be read. An older apt ends with status 0 where a server cannot be reached.
    static func sourceComplaints(_ output: String, isTrusted: Bool) -> String {
        let lines = output.textLines()
        let errors = lines.filter { $0.hasPrefix("E: ") && !$0.hasPrefix("E: Can not write log") }
        let signs =
            ["W: Failed to fetch", "W: Some index files failed", "W: An error occurred"]
            + (isTrusted ? [] : ["W: GPG error"])
        let warnings = lines.filter { line in signs.contains { line.hasPrefix($0) } }
        let said = (errors + warnings).filter { !$0.contains("Some index files failed") }
        return String((said.isEmpty ? errors + warnings : said).prefix(2).joined(separator: "; ").prefix(400))
    }
}
