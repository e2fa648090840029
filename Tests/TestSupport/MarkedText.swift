/// A text in which the places that a test speaks of are marked: `a: 1️⃣b` marks the letter b.
public struct MarkedText: Sendable {
    /// The text without its marks.
    public let text: String
    /// `line:column` of each mark, by its number; characters count as in diagnostics, by scalars.
    public let places: [Int: String]

    public init(_ marked: String) {
        var text = "", places: [Int: String] = [:], line = 1, column = 1
        for character in marked {
            let scalars = Array(character.unicodeScalars)
            if scalars.count == 3, scalars[2] == "\u{20E3}", let number = Int(String(scalars[0])) {
                places[number] = "\(line):\(column)"
                continue
            }
            text.append(character)
            for scalar in scalars { (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1) }
        }
        (self.text, self.places) = (text, places)
    }
}
