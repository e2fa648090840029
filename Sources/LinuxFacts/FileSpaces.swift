import CShim
import Glibc
import Hostinfo

/// The room of file systems, asked for by a process of its own: one whose server is dead or whose disk is gone holds up
/// whoever asks, for ever.
enum FileSpaces {
    /// How long one file system, and all of them, are waited for; milliseconds.
    static let limits: (each: Int64, all: Int64) = (1000, 5000)

    static func asked(_ paths: [String]) -> [FileSpace?] {
        if paths.isEmpty { return [] }
        var answers = [lodestar_space](repeating: lodestar_space(), count: paths.count)
        CStringList.lend(paths) { texts in
            lodestar_ask_spaces(texts, paths.count, limits.each, limits.all, &answers)
        }
        return answers.map { $0.is_known == 0 ? nil : FileSpace(total: $0.total, available: $0.available) }
    }
}

/// Texts that are lent to C as a list that ends with NULL.
enum CStringList {
    static func lend(_ texts: [String], _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>) -> Void) {
        let copies = texts.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        var pointers = copies.map { $0.map { UnsafePointer($0) } } + [nil]
        pointers.withUnsafeMutableBufferPointer { buffer in
            if let start = buffer.baseAddress { body(start) }
        }
    }
}
