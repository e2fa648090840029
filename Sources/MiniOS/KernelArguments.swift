/// The words of the kernel's command line. Double quotes keep blanks together, as the kernel has it
/// (Documentation/admin-guide/kernel-parameters.rst of Linux); the last of several values counts.
public struct KernelArguments: Sendable {
    public let words: [String]

    public init(_ line: String) {
        var words: [String] = [], word = "", isQuoted = false
        for character in line {
            if character == "\"" {
                isQuoted.toggle()
            } else if character.isWhitespace, !isQuoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        self.words = word.isEmpty ? words : words + [word]
    }

    /// The value of `NAME=VALUE`.
    public func value(of name: String) -> String? {
        words.last { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
    }
}
