/// One file of a site, shared by every place inside it.
public final class SourceFile: Sendable, Hashable {
    /// The path from the site's root, such as `manifests/base.yaml`.
    public let path: String
    /// The bytes that were read, so that a diagnostic can show a line; empty where they are not at hand.
    public let bytes: [UInt8]

    public init(_ path: String, bytes: [UInt8] = []) {
        self.path = path
        self.bytes = bytes
    }

    /// A line without its line feed, counted from 1; nil beyond the end.
    public func line(_ number: Int) -> String? {
        var lines = bytes[...], left = number
        while left > 1, let end = lines.firstIndex(of: UInt8(ascii: "\n")) {
            lines = lines[(end + 1)...]
            left -= 1
        }
        guard left == 1, !lines.isEmpty else { return nil }
        return String(decoding: lines.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    public static func == (left: SourceFile, right: SourceFile) -> Bool {
        left === right || left.path == right.path
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(path)
    }
}

/// A position in a file of the site.
public struct Place: Sendable, Hashable, CustomStringConvertible {
    public var file: SourceFile
    /// The line, counted from 1.
    public var line: Int
    /// The column in characters, counted from 1.
    public var column: Int

    public init(file: SourceFile, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// The same place without the text of its file, so that a diagnostic cannot show a secret that was written in clear.
    public var withoutText: Place { Place(file: SourceFile(file.path), line: line, column: column) }

    /// Whether the line must not be shown, or is not at hand.
    public var hidesText: Bool { file.bytes.isEmpty }

    /// `file:line`, the same for all places of a line.
    public var lineName: String { "\(file.path):\(line)" }

    /// The form that editors and compilers agree on, `file:line:column`; without a line only what stands for the file.
    public var description: String { line == 0 ? file.path : "\(file.path):\(line):\(column)" }
}

extension Place: Comparable {
    public static func < (left: Place, right: Place) -> Bool {
        if left.file != right.file { return left.file.path < right.file.path }
        return (left.line, left.column) < (right.line, right.column)
    }
}
