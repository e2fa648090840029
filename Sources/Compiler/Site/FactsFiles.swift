import Model
import YAML

/// The facts that a site keeps of its hosts: `facts/HOSTID.json`, and `facts/*.jsonl` with one host a line, which its `id`
/// names. Lines are checked and found in one pass, and made values where somebody asks.
final class FactsFiles: Sendable {
    /// A line of a file of lines.
    private struct Line {
        var file: Int
        var range: Range<Int>
        var number: Int
    }

    private struct LinesFile {
        var path: String
        /// nil for a large file: each line is read from it when somebody asks.
        var bytes: [UInt8]?
    }

    /// The facts of one host may have so many bytes.
    static let greatestLine = 8 << 20
    private let reader: any SiteReader
    private let files: [LinesFile]
    private let lines: [String: Line]
    /// The paths of files of one host.
    private let paths: Set<String>
    /// What is wrong with the lines.
    let diagnostics: Diagnostics

    init(_ site: SiteFiles, paths: [String]) {
        reader = site.reader
        let own = Set(paths)
        self.paths = own
        var diagnostics = Diagnostics(), files: [LinesFile] = [], lines: [String: Line] = [:]
        for path in paths where path.hasSuffix(".jsonl") {
            let index = files.count
            func take(_ object: JSONObject, _ range: Range<Int>, _ place: Place) throws(Diagnostic) {
                guard case .string(let id)? = object["id"], !id.isEmpty else {
                    throw Diagnostic("expected the facts of a host with its `id`, found none", at: place)
                }
                if let other = lines[id] {
                    let first = Place(file: SourceFile(files[other.file].path), line: other.number, column: 1)
                    throw Diagnostic(
                        "expected each host once, found `\(id)` again", at: place,
                        notes: [.init("the first one", at: first)])
                }
                if own.contains("facts/\(id).json") {
                    let first = Place(file: SourceFile("facts/\(id).json"), line: 1, column: 1)
                    throw Diagnostic(
                        "expected each host once, found `\(id)` again", at: place,
                        notes: [.init("the first one", at: first)])
                }
                lines[id] = Line(file: index, range: range, number: place.line)
            }
            do throws(Diagnostic) {
                switch try site.payload(path) {
                case .bytes(let bytes)?:
                    files.append(LinesFile(path: path, bytes: bytes))
                    JSONLines.read(bytes, path: path, limit: Self.greatestLine, into: &diagnostics, take)
                case .stream(let stream)?:
                    files.append(LinesFile(path: path, bytes: try Self.held(stream, of: site.reader)))
                    try JSONLines.read(stream, path: path, limit: Self.greatestLine, into: &diagnostics, take)
                default: continue
                }
            } catch {
                diagnostics.add(error)
            }
        }
        self.files = files
        self.lines = lines
        self.diagnostics = diagnostics
    }

    /// Whether there are facts of a host.
    func holds(_ id: String) -> Bool { lines[id] != nil || paths.contains("facts/\(id).json") }

    /// The bytes of a file that nobody is to remember.
    func bytes(of path: String) throws(Diagnostic) -> [UInt8]? {
        do throws(SiteFault) {
            return try reader.contents(of: path)
        } catch {
            throw Diagnostic("cannot read `\(error.path)`: \(error.reason)", at: nil)
        }
    }

    /// The facts of a host; nil where the site keeps none.
    ///
    /// - Parameter read: reads a file of the site.
    func facts(of id: String, read: (String) throws(Diagnostic) -> [UInt8]?) throws(Diagnostics) -> FactsSnapshot? {
        if let line = lines[id] {
            return try facts(of: id, at: line)
        }
        let path = "facts/\(id).json"
        guard paths.contains(path) else { return nil }
        let bytes: [UInt8]?
        do throws(Diagnostic) { bytes = try read(path) } catch { throw Diagnostics([error]) }
        return try bytes.map { (bytes) throws(Diagnostics) in try FactsSnapshot(reading: bytes, from: path) }
    }
}

extension FactsFiles {
    /// Those of whom there are facts in lines, each with its place.
    var linesByHost: [(id: String, place: Place)] {
        lines.map { ($0.key, Place(file: SourceFile(files[$0.value.file].path), line: $0.value.number, column: 1)) }
    }

    /// The bytes of a file whose reader cannot begin in its middle; nil for another one.
    private static func held(_ stream: ByteStream, of reader: any SiteReader) throws(Diagnostic) -> [UInt8]? {
        do {
            if try reader.part(of: stream.name, 0..<1) != nil { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(stream.byteCount)
            try stream.read { bytes += $0 }
            return bytes
        } catch {
            throw Diagnostic("cannot read `\(stream.name)`: \((error as? SiteFault)?.reason ?? "\(error)")", at: nil)
        }
    }

    private func facts(of id: String, at line: Line) throws(Diagnostics) -> FactsSnapshot {
        let file = files[line.file]
        if let bytes = file.bytes {
            do throws(JSONFault) {
                return FactsSnapshot(try JSONObject(bytes, in: line.range))
            } catch {
                throw Diagnostics([Diagnostic(error.text, at: nil)])
            }
        }
        let bytes: [UInt8]?
        do throws(SiteFault) {
            bytes = try reader.part(of: file.path, line.range)
        } catch {
            throw Diagnostics([Diagnostic("cannot read `\(error.path)`: \(error.reason)", at: nil)])
        }
        guard let bytes, let object = try? JSONObject(bytes, in: bytes.indices), object["id"] == .string(id) else {
            let place = Place(file: SourceFile(file.path), line: line.number, column: 1)
            throw Diagnostics([Diagnostic("expected the facts of `\(id)`, found that the file changed", at: place)])
        }
        return FactsSnapshot(object)
    }
}
