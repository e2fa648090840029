/// A section of an INI file as Python's configparser reads it (with options without a value, and without interpolation):
/// comments are whole lines that begin with `#` or `;`, a line continues the option above where it is indented more.
struct INISection {
    struct Option {
        var name: [UInt8]
        /// The bytes of its first line up to the value; nil where it has none.
        var head: [UInt8]?
        var indent: [UInt8]
        /// Of the first line that continues it.
        var nextIndent: [UInt8]
        var line: Int
        /// Its line and those that continue it, with the blank ones between them; comments are not among them.
        var ownLines: [Int]
        /// The lines of its value, each without blanks at its ends.
        var values: [[UInt8]]

        /// nil where the option stands alone.
        var value: [UInt8]? { head == nil ? nil : Array(values.joined(separator: [0x0A])) }
    }

    /// nil: what is before the first header.
    let name: [UInt8]?
    /// The line of the header, the one before the first where there is none.
    let line: Int
    private let indent: [UInt8]
    private(set) var options: [Option] = []
    /// The line of the next header, or the number of lines.
    private(set) var end = 0
    private var nextIndent: [UInt8] = []

    static func all(in lines: [FileLine]) -> [INISection] {
        var sections = [INISection(name: nil, line: -1, indent: [])], depth = 0, isOpen = false, blanks: [Int] = []
        for (position, line) in lines.enumerated() {
            let body = line.body.withoutMark(isFirst: position == 0), rest = body.drop(while: \.isINIBlank)
            let text = rest.withoutINIBlanksAtEnd
            guard let first = text.first else {
                blanks.append(position)
                continue
            }
            if first == UInt8(ascii: "#") || first == UInt8(ascii: ";") { continue }
            let indent = Array(body[..<rest.startIndex]), last = sections.count - 1
            if isOpen, indent.count > depth {
                sections[last].proceed(Array(text), position, indent, after: blanks)
            } else {
                depth = indent.count
                if let name = text.header {
                    sections[last].finish(at: position, indent)
                    sections.append(INISection(name: name, line: position, indent: indent))
                    isOpen = false
                } else {
                    let option = Option(text, of: line.body, position, indent: indent)
                    sections[last].options.append(option)
                    isOpen = option.head != nil
                }
            }
            blanks = []
        }
        sections[sections.count - 1].finish(at: lines.count, [])
        return sections
    }

    private init(name: [UInt8]?, line: Int, indent: [UInt8]) {
        self.name = name
        self.line = line
        self.indent = indent
    }

    private mutating func finish(at end: Int, _ indent: [UInt8]) {
        self.end = end
        nextIndent = indent
    }

    private mutating func proceed(_ text: [UInt8], _ position: Int, _ indent: [UInt8], after blanks: [Int]) {
        guard var option = options.popLast() else { return }
        if option.values.count == 1 { option.nextIndent = indent }
        option.values += blanks.map { _ in [] } + [text]
        option.ownLines += blanks + [position]
        options.append(option)
    }

    /// Where a new option goes: behind the last one, else to the end, before blank lines and a comment on the next section.
    func newPosition(in lines: [FileLine]) -> Int {
        if let last = options.last?.ownLines.last { return last + 1 }
        func isComment(_ position: Int) -> Bool { !isBlank(position) }
        func isBlank(_ position: Int) -> Bool { lines[position].body.allSatisfy(\.isINIBlank) }
        var position = end
        if end < lines.count { while position > line + 1, isComment(position - 1) { position -= 1 } }
        // A comment that fills the section is its own.
        if position == line + 1, name != nil { position = end }
        while position > line + 1, isBlank(position - 1) { position -= 1 }
        return position
    }

    /// As deep as the options beside it; a header that is deeper would continue a new option above it.
    var newIndent: [UInt8] { options.last?.indent ?? (nextIndent.count > indent.count ? nextIndent : indent) }
}

extension INISection.Option {
    /// - Parameter text: the line's body without blanks at its ends.
    fileprivate init(_ text: ArraySlice<UInt8>, of body: ArraySlice<UInt8>, _ position: Int, indent: [UInt8]) {
        line = position
        ownLines = [position]
        self.indent = indent
        nextIndent = indent + [UInt8](repeating: 0x20, count: 4)
        guard let separator = text.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) else {
            (name, values) = (Array(text), [])
            return
        }
        let before = text[..<separator]
        name = Array(before.withoutINIBlanksAtEnd)
        let value = text[(separator + 1)...].drop(while: \.isINIBlank)
        values = [Array(value)]
        var head = Array(body[..<(value.isEmpty ? separator + 1 : value.startIndex)])
        // With nothing behind it, blanks before the separator tell how it is written.
        if value.isEmpty, before.last?.isINIBlank == true { head.append(0x20) }
        self.head = head
    }
}

extension UInt8 {
    /// Whether Python takes it for white space.
    var isINIBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

extension RandomAccessCollection<UInt8> where SubSequence == ArraySlice<UInt8> {
    var withoutINIBlanksAtEnd: ArraySlice<UInt8> {
        var rest = self[startIndex..<endIndex]
        while let last = rest.last, last.isINIBlank { rest.removeLast() }
        return rest
    }
}

extension ArraySlice<UInt8> {
    /// The name in a header: up to the last bracket, whatever follows it.
    fileprivate var header: [UInt8]? {
        guard first == UInt8(ascii: "["), let close = lastIndex(of: UInt8(ascii: "]")), close > startIndex + 1 else {
            return nil
        }
        return Array(self[(startIndex + 1)..<close])
    }

    /// Without the byte order mark of UTF-8 at the beginning of a file.
    fileprivate func withoutMark(isFirst: Bool) -> ArraySlice<UInt8> {
        isFirst && starts(with: [0xEF, 0xBB, 0xBF]) ? dropFirst(3) : self
    }
}
