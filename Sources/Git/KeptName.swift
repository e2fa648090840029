import Model
import Values

/// What something that is kept of a place elsewhere is called.
public enum KeptName {
    /// A word of the place, for people, and a digest of all of it.
    public static func text(_ word: some StringProtocol, of place: String) -> String {
        let plain = String(word).filter { "\($0)".isASCIIWord(or: "-_") }
        return "\(plain.prefix(40))-\(Digest(of: place).hexadecimal.prefix(16))"
    }
}
