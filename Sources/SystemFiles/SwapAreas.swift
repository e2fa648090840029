public import Model

/// The swap areas in use, as /proc/swaps lists them (proc_swaps(5)).
public struct SwapAreas: HostDocument {
    public struct Area: Sendable, Hashable {
        public var path: String
        public var priority: Int
    }

    public let bytes: [UInt8]
    public let areas: [Area]

    public static let place = AbsolutePath.root.appending("proc/swaps")

    public init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        areas = String(decoding: bytes, as: UTF8.self).textLines().compactMap { line in
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count == 5, words[0].hasPrefix("/"), let priority = Int(words[4]) else { return nil }
            return Area(path: OctalEscapes.unescaped(words[0].utf8), priority: priority)
        }
    }

    /// The line of an area in a table in memory.
    public static func line(_ path: String, priority: Int) -> String {
        "\(OctalEscapes.escaped(path)) file 0 0 \(priority)\n"
    }
}
