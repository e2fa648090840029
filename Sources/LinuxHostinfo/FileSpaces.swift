import CShim
import Hostinfo
import SystemCalls

/// The room of file systems, asked for by a process of its own: one whose server is dead or whose disk is gone holds up
/// whoever asks, for ever.
enum FileSpaces {
    /// How long one file system, and all of them, are waited for; milliseconds.
    static let limits: (each: Int64, all: Int64) = (1000, 5000)

    static func asked(_ paths: [String]) -> [FileSpace?] {
        if paths.isEmpty { return [] }
        var answers = [lodestar_space](repeating: lodestar_space(), count: paths.count)
        let texts = CStrings(paths)
        lodestar_ask_spaces(texts.pointer, paths.count, limits.each, limits.all, &answers)
        return answers.map { $0.is_known == 0 ? nil : FileSpace(total: $0.total, available: $0.available) }
    }
}
