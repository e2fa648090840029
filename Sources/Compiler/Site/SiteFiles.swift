import Model
import YAML

/// Reads the files of a site, each once, and remembers their bytes: a cached catalog depends on all of them.
final class SiteFiles {
    let reader: any SiteReader
    /// The bytes of every file that was asked for; nil where there was no file.
    private(set) var contents: [String: [UInt8]?] = [:]
    /// The files that are too large to be held.
    private(set) var streams: [String: ByteStream] = [:]
    private(set) var listings: [String: [String]] = [:]
    private var sources: [String: SourceText] = [:]

    init(_ reader: any SiteReader) {
        self.reader = reader
    }

    func bytes(of path: String) throws(Diagnostic) -> [UInt8]? {
        if let known = contents[path] { return known }
        let bytes = try reading { () throws(SiteFault) in try reader.contents(of: path) }
        contents[path] = .some(bytes)
        return bytes
    }

    /// A file below `files/`: its bytes, or a stream where they are many; nil where there is none.
    func payload(_ path: String) throws(Diagnostic) -> Node.Content? {
        if let known = streams[path] { return .stream(known) }
        if contents[path] == nil, let stream = try reading({ () throws(SiteFault) in try largeFile(path) }) {
            streams[path] = stream
            return .stream(stream)
        }
        return try bytes(of: path).map { .bytes($0) }
    }

    /// nil for a file that can be held, and for none.
    private func largeFile(_ path: String) throws(SiteFault) -> ByteStream? {
        guard let byteCount = try reader.byteCount(of: path), byteCount > FileContent.memoryLimit else { return nil }
        do throws(HostFault) {
            let digest = try Digest { (sink) throws(HostFault) in try self.reader.read(path, sink) }
            return ByteStream(path, byteCount: byteCount, sha256: digest.bytes, of: reader)
        } catch {
            throw SiteFault(path, error.reason)
        }
    }

    private func reading<Result>(_ read: () throws(SiteFault) -> Result) throws(Diagnostic) -> Result {
        do throws(SiteFault) {
            return try read()
        } catch {
            throw Diagnostic("cannot read `\(error.path)`: \(error.reason)", at: nil)
        }
    }

    /// The digest of every file that was read; nil where there was none.
    var digests: [String: Digest?] {
        let whole = contents.mapValues { $0.map { Digest(of: $0) } }
        let all = whole.merging(streams.mapValues { Digest(bytes: $0.sha256) }, uniquingKeysWith: { $1 })
        return Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0.value?.marked($0.key, in: reader)) })
    }

    func paths(below folder: String) throws(Diagnostic) -> [String] {
        if let known = listings[folder] { return known }
        do throws(SiteFault) {
            let paths = try reader.paths(below: folder)
            listings[folder] = paths
            return paths
        } catch {
            throw Diagnostic("cannot list `\(error.path)`: \(error.reason)", at: nil)
        }
    }

    /// A file's text with its lines; nil where there is none.
    func source(_ path: String) throws(Diagnostic) -> SourceText? {
        if let known = sources[path] { return known }
        guard let bytes = try bytes(of: path) else { return nil }
        let source = SourceText(bytes, path: path)
        sources[path] = source
        return source
    }

    /// A YAML file as nodes; nil where there is none or it cannot be read at all.
    func yaml(_ path: String, into diagnostics: inout Diagnostics) -> (node: Node, source: SourceText)? {
        do throws(Diagnostic) {
            guard let source = try source(path) else { return nil }
            return YAMLReader.read(source, into: &diagnostics).map { ($0, source) }
        } catch {
            diagnostics.add(error)
            return nil
        }
    }

    /// The YAML files below a folder.
    func manifests(below folder: String, into diagnostics: inout Diagnostics) -> [String] {
        do throws(Diagnostic) {
            return try paths(below: folder).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
        } catch {
            diagnostics.add(error)
            return []
        }
    }

    /// A digest over everything that was read.
    var digest: Digest {
        var text = ""
        for (path, digest) in digests.sorted(by: { $0.key < $1.key }) {
            text += "\(path)\u{0}\(digest?.hexadecimal ?? "-")\u{0}"
        }
        for (folder, paths) in listings.sorted(by: { $0.key < $1.key }) {
            text += "\(folder)\u{1}\(paths.joined(separator: "\u{1}"))\u{1}"
        }
        return Digest(of: text)
    }
}
