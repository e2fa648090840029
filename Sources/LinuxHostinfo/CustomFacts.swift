import Glibc
import Hostinfo
import SystemCalls
import Values
import YAML

/// The facts that a site adds: files of JSON or YAML and programs in `/etc/lodestar/facts.d`, each under its name
/// without its extension.
struct CustomFacts {
    static let folder = OwnPaths.facts
    static let timeLimit: Int64 = 5000

    private let tree: HostTree

    init(_ tree: HostTree) {
        self.tree = tree
    }

    /// All custom facts, and what could not be read.
    ///
    /// - Throws: where the folder is there and cannot be listed.
    func facts() throws(HostFault) -> (value: Datum, faults: [FactFault]) {
        let names: [String]
        switch tree.listing(Self.folder) {
        case .absent: return (.map([]), [])
        case .unreadable(let reason): throw HostFault("list", "/\(Self.folder)", reason)
        case .names(let found): names = found
        }
        var members: [Datum.Member] = [], faults: [FactFault] = []
        for name in names where !name.hasPrefix(".") {
            let path = "\(Self.folder)/\(name)"
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            guard let key = parts.first else { continue }
            do throws(HostFault) {
                guard let value = try value(of: path, extension: parts.dropFirst().last) else { continue }
                guard !members.contains(where: { $0.key == key }), !faults.contains(where: { $0.member == key }) else {
                    throw HostFault("read", "/\(path)", "another file already gives the fact `\(key)`")
                }
                members.append(Datum.Member(key, value))
            } catch {
                // Of two files for one fact neither counts.
                members.removeAll { $0.key == key }
                faults.append(FactFault(key, error))
            }
        }
        return (.map(members), faults)
    }

    private func value(of path: String, extension: String?) throws(HostFault) -> Datum? {
        switch `extension` {
        case "json", "yaml", "yml":
            if let reason = tree.distrust(path) { throw HostFault("read", "/\(path)", reason) }
            switch tree.read(path) {
            case .bytes(let bytes): return try Self.value(of: bytes, "/\(path)", isJSON: `extension` == "json")
            case .absent: throw HostFault("read", "/\(path)", "it leads nowhere")
            case .unreadable(let reason): throw HostFault("read", "/\(path)", reason)
            }
        default:
            guard tree.isExecutable(path) else { return nil }
            if let reason = tree.distrust(path) { throw HostFault("run", "/\(path)", reason) }
            guard let program = tree.programPath(path) else {
                // Programs of another root or of a capture are not run.
                return .null
            }
            return try Self.value(of: try output(of: program), "/\(path)", isJSON: false)
        }
    }

    private static func value(of bytes: [UInt8], _ path: String, isJSON: Bool) throws(HostFault) -> Datum {
        if isJSON || bytes.first == UInt8(ascii: "{") {
            do throws(JSONFault) {
                return try Datum(json: bytes, repeatedKeys: .lastCounts)
            } catch {
                throw HostFault("read", path, error.text)
            }
        }
        var diagnostics = Diagnostics()
        let root = YAMLReader.read(SourceText(bytes, path: path), into: &diagnostics)
        if let first = diagnostics.sorted.first { throw HostFault("read", path, first.message) }
        return root.map { CoreSchema.datum(of: $0.content) } ?? .null
    }

    private func output(of program: String) throws(HostFault) -> [UInt8] {
        var run = ChildRun(
            [program], environment: [SearchPath.variable, "LC_ALL=C.UTF-8"], timeout: Self.timeLimit)
        run.separatesErrors = true
        let done: ChildResult
        do throws(ChildFault) {
            done = try run.result()
        } catch {
            let problem = ScriptHead.problem(of: program).map { "; \($0)" } ?? ""
            throw HostFault("run", program, error.error.text + problem)
        }
        if done.hasTimedOut { throw HostFault("run", program, "it took more than \(Self.timeLimit / 1000)s") }
        if done.exitStatus != 0 {
            let end = done.signal.map { "it was ended by signal \($0)" } ?? "it ended with status \(done.exitStatus)"
            throw HostFault("run", program, end + Self.firstLine(of: done.errors))
        }
        guard done.omittedByteCount == 0 else {
            throw HostFault("run", program, "it printed more than \(ChildResult.outputLimit) bytes")
        }
        return done.head + done.tail
    }

    /// The first line of standard error, which is no part of the fact.
    private static func firstLine(of errors: [UInt8]) -> String {
        let line = errors.split(separator: 0x0A).first ?? []
        return line.isEmpty ? "" : ": \(String(decoding: line.prefix(200), as: UTF8.self))"
    }
}
