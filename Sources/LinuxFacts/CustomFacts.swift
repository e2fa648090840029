import CShim
import Glibc
import Hostinfo
import Values
import YAML

/// The facts that a site adds: files of JSON or YAML and programs in `/etc/lodestar/facts.d`, each under its name
/// without its extension.
struct CustomFacts {
    static let folder = "etc/lodestar/facts.d"
    static let timeLimit: Int64 = 5000

    private let tree: HostTree

    init(_ tree: HostTree) {
        self.tree = tree
    }

    /// All custom facts.
    ///
    /// - Throws: for the first file that cannot be trusted, read or run.
    func facts() throws(HostFault) -> Datum {
        var members: [Datum.Member] = []
        for name in tree.names(in: Self.folder) ?? [] where !name.hasPrefix(".") {
            let path = "\(Self.folder)/\(name)"
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            guard let key = parts.first, let value = try value(of: path, extension: parts.dropFirst().last) else {
                continue
            }
            if members.contains(where: { $0.key == key }) {
                throw HostFault("read", "/\(path)", "another file already gives the fact `\(key)`")
            }
            members.append(Datum.Member(key, value))
        }
        return .map(members)
    }

    private func value(of path: String, extension: String?) throws(HostFault) -> Datum? {
        if let reason = tree.distrust(path) { throw HostFault("read", "/\(path)", reason) }
        switch `extension` {
        case "json", "yaml", "yml":
            guard case .bytes(let bytes) = tree.read(path) else {
                throw HostFault("read", "/\(path)", "it cannot be read")
            }
            return try Self.value(of: bytes, "/\(path)", isJSON: `extension` == "json")
        default:
            guard tree.isExecutable(path) else { return nil }
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
        let root = YAMLReader.read(SourceText(bytes, file: SourceFile(path)), into: &diagnostics)
        if let first = diagnostics.sorted.first { throw HostFault("read", path, first.message) }
        return root.map(\.content.plainDatum) ?? .null
    }

    private func output(of program: String) throws(HostFault) -> [UInt8] {
        let outcome = UnsafeMutablePointer<lodestar_outcome>.allocate(capacity: 1)
        defer { outcome.deallocate() }
        outcome.initialize(to: lodestar_outcome())
        withCStrings([program]) { arguments in
            withCStrings(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]) {
                variables in
                "/".withCString { directory in
                    var request = lodestar_command()
                    request.arguments = arguments
                    request.environment = variables
                    request.directory = directory
                    request.mask = 0o077
                    request.timeout_milliseconds = Self.timeLimit
                    lodestar_run(&request, outcome)
                }
            }
        }
        let done = outcome.pointee
        guard done.stage == LODESTAR_RAN else { throw HostFault("run", program, ErrorText.of(done.error)) }
        if done.has_timed_out != 0 { throw HostFault("run", program, "it took more than \(Self.timeLimit / 1000)s") }
        if done.wait_status != 0 {
            throw HostFault("run", program, "it ended with status \(done.wait_status >> 8 & 0xFF)")
        }
        guard done.total_length <= done.head_length + done.tail_length else {
            throw HostFault("run", program, "it printed more than \(2 * LODESTAR_OUTPUT_HALF) bytes")
        }
        let head = UnsafeBufferPointer(start: lodestar_head(outcome), count: done.head_length)
        let tail = UnsafeBufferPointer(start: lodestar_tail(outcome), count: done.tail_length)
        return head.map { UInt8(bitPattern: $0) } + tail.map { UInt8(bitPattern: $0) }
    }

    /// Lends texts to C as a list that ends with NULL.
    private func withCStrings(_ texts: [String], _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>) -> Void) {
        let copies = texts.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        var pointers = copies.map { $0.map { UnsafePointer($0) } } + [nil]
        pointers.withUnsafeMutableBufferPointer { buffer in
            if let start = buffer.baseAddress { body(start) }
        }
    }
}

extension Node.Content {
    /// The value by YAML 1.2's core schema; a number in another than its canonical form stays text.
    var plainDatum: Datum {
        switch self {
        case .scalar(let text, let isQuoted):
            if isQuoted { return .string(text) }
            if Node.nullTexts.contains(text) { return .null }
            if let whole = Int64(text), String(whole) == text { return .int(whole) }
            if let number = Double(text), number.isFinite, "\(number)" == text { return .double(number) }
            switch text {
            case "true", "True", "TRUE": return .bool(true)
            case "false", "False", "FALSE": return .bool(false)
            default: return .string(text)
            }
        case .list(let items): return .list(items.map(\.content.plainDatum))
        case .map(let entries): return .map(entries.map { Datum.Member($0.key, $0.value.content.plainDatum) })
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .double(let value): return .double(value)
        case .string(let text): return .string(text)
        case .null, .bytes, .unknown: return .null
        }
    }
}
