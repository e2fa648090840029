/// A canonical absolute path on the managed host, as names resolve below its root.
public struct AbsolutePath: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let text: String

    /// Takes a path that starts with `/` and has no empty, `.` or `..` component and no trailing slash.
    ///
    /// - Returns: nil for anything else, and for what contains NUL or a newline or is longer than 4,095 bytes.
    public init?(_ text: String) {
        guard Self.problem(of: text) == nil else { return nil }
        self.text = text
    }

    private init(unchecked text: String) {
        self.text = text
    }

    /// Two paths are equal when their bytes are: names that look alike in other characters are two names on a disk.
    public static func == (left: AbsolutePath, right: AbsolutePath) -> Bool {
        let one = left.text.utf8, other = right.text.utf8
        guard one.count == other.count else { return false }
        let answer = one.withContiguousStorageIfAvailable { one in
            other.withContiguousStorageIfAvailable { other in
                isSame(UnsafeRawBufferPointer(one), UnsafeRawBufferPointer(other))
            }
        }
        return (answer ?? nil) ?? one.elementsEqual(other)
    }

    /// Compares as many bytes on both sides, eight at a time: each look into a table of paths asks this.
    private static func isSame(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        while offset + 8 <= one.count {
            let left = one.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if left != other.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
            offset += 8
        }
        while offset < one.count {
            if one[offset] != other[offset] { return false }
            offset += 1
        }
        return true
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(text) }

    public static let root = AbsolutePath(unchecked: "/")

    public var description: String { text }

    /// The directory that holds it; nil for the root.
    public var parent: AbsolutePath? {
        guard let slash = lastSlash else { return nil }
        return slash == 0 ? .root : AbsolutePath(unchecked: String(Substring(text.utf8.prefix(slash))))
    }

    /// How many bytes stand before the last slash; nil for the root.
    private var lastSlash: Int? {
        let bytes = text.utf8, slash = UInt8(ascii: "/")
        if bytes.count == 1 { return nil }
        return bytes.withContiguousStorageIfAvailable { $0.lastIndex(of: slash) }
            ?? bytes.lastIndex(of: slash).map { bytes.distance(from: bytes.startIndex, to: $0) }
    }

    /// The last component; `/` for the root.
    public var name: String {
        guard let slash = lastSlash else { return text }
        return String(Substring(text.utf8.dropFirst(slash + 1)))
    }

    /// The path of an entry of this directory; `name` must be one component or a clean relative path.
    public func appending(_ name: String) -> AbsolutePath {
        var joined = text == "/" ? "" : text
        joined.reserveCapacity(joined.utf8.count + 1 + name.utf8.count)
        joined += "/"
        joined += name
        return AbsolutePath(unchecked: joined)
    }

    /// Where a link in this directory leads, within the root; nil for what is no path.
    public func target(ofLink target: String) -> AbsolutePath? {
        var parts: [Substring] = target.hasPrefix("/") ? [] : text.split(separator: "/")
        for part in target.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return AbsolutePath("/" + parts.joined(separator: "/"))
    }

    /// Whether it is `directory` or anything below it.
    public func isBelowOrEqual(to directory: AbsolutePath) -> Bool {
        if directory == .root || self == directory { return true }
        let start = directory.text.utf8.count
        return text.utf8.starts(with: directory.text.utf8) && text.utf8.dropFirst(start).first == UInt8(ascii: "/")
    }

    private static let packageSources = ["etc/apt", "usr/share/keyrings"].map { AbsolutePath.root.appending($0) }

    /// Whether the package manager reads it to know which packages there are.
    public var bringsPackages: Bool { Self.packageSources.contains { isBelowOrEqual(to: $0) } }

    public static func < (left: AbsolutePath, right: AbsolutePath) -> Bool { left.text < right.text }

    /// Why a text is no canonical absolute path; nil if it is one.
    static func problem(of text: String) -> String? {
        var bytes = 0, component = 0, dots = 0
        var problem: String?
        for byte in text.utf8 {
            if bytes == 0, byte != UInt8(ascii: "/") { return "write an absolute path" }
            if byte == 0 || byte == UInt8(ascii: "\n") { return "a path has no NUL and no newline" }
            if byte == UInt8(ascii: "/") {
                if bytes > 0, component == 0 { problem = "write a single slash" }
                if component > 0, component == dots, dots <= 2 { problem = "write the path without `.` and `..`" }
                component = 0
                dots = 0
            } else {
                component += 1
                if byte == UInt8(ascii: ".") { dots += 1 }
                if component > 255 { problem = "a component has at most 255 bytes" }
            }
            bytes += 1
        }
        if bytes == 0 { return "write an absolute path" }
        if bytes > 4095 { return "a path has at most 4,095 bytes" }
        if bytes > 1, component == 0 { return "write it without the trailing slash" }
        if component > 0, component == dots, dots <= 2 { return "write the path without `.` and `..`" }
        return problem
    }
}

extension AbsolutePath: FieldValue {
    public static var shape: Shape { .text(pattern: "^/") }

    public init(decoding node: Node) throws(DecodingFault) {
        guard let text = node.text else { throw DecodingFault(node, expected: "an absolute path") }
        if let problem = Self.problem(of: text) {
            throw DecodingFault(node, expected: "a canonical absolute path", hint: problem)
        }
        self.init(unchecked: text)
    }

    public var rendered: Node.Content { .string(text) }
    public var shown: ShownText { .text(text) }
}
