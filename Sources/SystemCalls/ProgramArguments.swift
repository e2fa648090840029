import CShim

/// The words that the program was started with, as main got them: Swift's own list is read from /proc, and empty without it.
public enum ProgramArguments {
    /// The name first.
    public static var all: [String] {
        var words: [String] = [], index: Int32 = 0
        while let word = lodestar_argument(index) {
            words.append(String(cString: word))
            index += 1
        }
        return words
    }

    /// Those after the name.
    public static var words: [String] { Array(all.dropFirst()) }
}
