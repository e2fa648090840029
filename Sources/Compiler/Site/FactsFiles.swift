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
        var bytes: [UInt8]
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

    /// - Parameter read: reads a file of the site.
    init(_ reader: any SiteReader, paths: [String], read: (String) throws(Diagnostic) -> [UInt8]?) {
        self.reader = reader
        let own = Set(paths)
        self.paths = own
        var diagnostics = Diagnostics(), files: [LinesFile] = [], lines: [String: Line] = [:]
        for path in paths where path.hasSuffix(".jsonl") {
            do throws(Diagnostic) {
                guard let bytes = try read(path) else { continue }
                files.append(LinesFile(path: path, bytes: bytes))
            } catch {
                diagnostics.add(error)
            }
        }
        for (index, file) in files.enumerated() {
            JSONLines.read(file.bytes, path: file.path, limit: Self.greatestLine, into: &diagnostics) {
                (object, range, place) throws(Diagnostic) in
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
            let file = files[line.file]
            do throws(JSONFault) {
                return FactsSnapshot(try JSONObject(file.bytes, in: line.range))
            } catch {
                throw Diagnostics([Diagnostic(error.text, at: nil)])
            }
        }
        let path = "facts/\(id).json"
        guard paths.contains(path) else { return nil }
        let bytes: [UInt8]?
        do throws(Diagnostic) { bytes = try read(path) } catch { throw Diagnostics([error]) }
        return try bytes.map { (bytes) throws(Diagnostics) in try FactsSnapshot(reading: bytes, from: path) }
    }
}

/// Files with one JSON object a line.
enum JSONLines {
    /// Hands over each line that holds something, with its place; a fault of a line is reported, and the next one is read.
    ///
    /// - Parameter limit: how many bytes a line may have.
    static func read(
        _ bytes: [UInt8], path: String, limit: Int, into diagnostics: inout Diagnostics,
        _ take: (JSONObject, Range<Int>, Place) throws(Diagnostic) -> Void
    ) {
        // Diagnostics of a large file do not carry its text.
        let file = SourceFile(path, bytes: bytes.count <= 1 << 20 ? bytes : [])
        var start = 0, number = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            defer { start = end + 1 }
            number += 1
            let place = Place(file: file, line: number, column: 1)
            if bytes[start..<end].allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do throws(Diagnostic) {
                guard end - start <= limit else {
                    throw Diagnostic(
                        "expected at most \(limit >> 20) MiB on a line, found \(end - start) bytes", at: place,
                        hint: "one JSON object a line, one line a host")
                }
                try take(try object(bytes, start..<end, place), start..<end, place)
            } catch {
                diagnostics.add(error)
            }
        }
    }

    private static func object(_ bytes: [UInt8], _ range: Range<Int>, _ place: Place) throws(Diagnostic) -> JSONObject {
        do throws(JSONFault) {
            return try JSONObject(bytes, in: range)
        } catch {
            var place = place
            place.column = max(1, error.offset - range.lowerBound + 1)
            throw Diagnostic(error.message, at: place, hint: "one JSON object a line, one line a host")
        }
    }
}
