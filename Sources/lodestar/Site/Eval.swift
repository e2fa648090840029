import ArgumentParser
import Expressions
import Model
import SystemCalls

/// `lodestar eval 'EXPR'`: one expression, without a site.
struct Eval: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Evaluates one expression and prints the result as JSON.",
        discussion: """
            Example: lodestar eval 'hosts.filter(h, h.startsWith("web"))' --bindings hosts.json
            An expression that begins with a dash follows `--`.
            """)

    @Argument(help: "An expression in CEL.")
    var expression: String

    @Option(help: "A JSON object from names to values.")
    var bindings: String?

    @Flag(help: "Reads and prints values with their types, such as {\"int\":\"1\"}.")
    var typed = false

    func run() throws {
        let scope = Bindings(try boundValues(), zones: TimeZoneFiles.contents)
        do {
            let value = try Expression(parsing: expression).evaluate(in: scope)
            Terminal.printJSON(typed ? try value.typedJSON() : try value.json())
        } catch let error as ExpressionError {
            let source = SourceFile("eval", bytes: Array(expression.utf8))
            let place = Place(file: source, line: 1, column: error.column)
            Terminal.report(Diagnostics([Diagnostic(error.message, at: place, hint: error.hint)]))
            throw ExitStatus.failure
        } catch let error as JSONFault {
            Terminal.report("eval: error: \(error.message)")
            throw ExitStatus.failure
        }
    }

    private func boundValues() throws -> [String: Value] {
        guard let bindings else { return [:] }
        do {
            guard let bytes = try LocalFiles.contents(of: bindings) else {
                Terminal.report("\(bindings): error: expected a file, found none")
                throw ExitStatus.notFound
            }
            guard case .map(let map) = try Value(json: bytes) else {
                throw JSONFault("expected an object from names to values", at: 0)
            }
            var values: [String: Value] = [:]
            for entry in map.entries {
                guard case .string(let name) = entry.key else { continue }
                values[name] = typed ? try Value(typed: entry.value) : entry.value
            }
            return values
        } catch let error as JSONFault {
            Terminal.report("\(bindings): error: at byte \(error.offset): \(error.message)")
            throw ExitStatus.refused
        } catch let error as HostFault {
            Terminal.report("error: \(error.text)")
            throw ExitStatus.notFound
        }
    }
}

/// The zone files of the machine that evaluates (tzfile(5)).
enum TimeZoneFiles {
    static func contents(_ zone: String) -> [UInt8]? {
        guard zone.isASCIIWord(or: "/_+-"), !zone.isEmpty, !zone.hasPrefix("/") else { return nil }
        return try? LocalFiles.contents(of: "/usr/share/zoneinfo/\(zone)", limit: 1 << 20)
    }
}
