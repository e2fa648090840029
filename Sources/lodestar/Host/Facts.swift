import ArgumentParser
import LinuxHostinfo
import Model

/// `lodestar facts [KEY]`: what expressions see as `facts`.
struct Facts: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the facts of this host.", discussion: "Example: lodestar facts os.id")

    @Argument(help: "One fact, such as os.id.")
    var key: String?

    @Option(help: "How they are printed.")
    var format = HostinfoVerbs.Format.text

    @OptionGroup var sources: SourceOptions

    func run() throws {
        try Terminal.reportingFaults {
            let facts = sources.facts
            let (value, isWhole) =
                try key.map { (try fact($0, in: facts), tellFaults(of: $0, in: facts)) } ?? all(facts)
            switch (format, value) {
            case (.text, .string(let text)): Terminal.print(text)
            // A single value is printed for scripts, whatever it is.
            case (.text, .null), (.text, .bool), (.text, .int), (.text, .double): Terminal.printJSON(value.json)
            case (.text, .list), (.text, .map): Terminal.print(value.outline)
            case (.json, _): Terminal.printJSON(value.json)
            case (.yaml, _): Terminal.print(value.yaml)
            }
            if !isWhole { throw ExitStatus.failure }
        }
    }

    /// All facts; one that cannot be read is reported, and the others are printed.
    private func all(_ facts: HostFacts) -> (value: Datum, isWhole: Bool) {
        var members: [Datum.Member] = [], isWhole = true
        for name in facts.names {
            do throws(HostFault) {
                if let value = try facts.fact(name) { members.append(Datum.Member(name, value)) }
                isWhole = tellFaults(of: name, in: facts) && isWhole
            } catch {
                Terminal.report("error: the fact `\(name)`: \(error.text)")
                isWhole = false
            }
        }
        return (.map(members), isWhole)
    }

    /// Tells what could not be read of a fact; true where all could.
    private func tellFaults(of name: String, in facts: HostFacts) -> Bool {
        let faults = facts.faults(of: name)
        for fault in faults { Terminal.report("error: the fact `\(name)`: \(fault.fault.text)") }
        return faults.isEmpty
    }

    private func fact(_ key: String, in facts: HostFacts) throws -> Datum {
        let parts = key.split(separator: ".").map(String.init)
        var value = try parts.first.flatMap { try facts.fact($0) }
        let faults = parts.first.map { facts.faults(of: $0) } ?? []
        if let fault = faults.first(where: { $0.member == parts.dropFirst().first }) { throw fault.fault }
        for part in parts.dropFirst() {
            if case .list(let items)? = value, let index = Int(part) {
                value = items.indices.contains(index) ? items[index] : nil
            } else {
                value = value?[part]
            }
        }
        guard let value else {
            Terminal.report("error: expected a fact, found `\(key)`")
            if let hint = Spelling.hint(for: parts.first ?? "", among: facts.names) {
                Terminal.report("  hint: \(hint)")
            }
            throw ExitStatus.failure
        }
        return value
    }
}
