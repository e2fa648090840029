public import Model

/// Gives an option of an INI file its value, or takes the option out.
public struct OptionEdit: DocumentEdit {
    /// nil: before the first section.
    public var section: String?
    public var option: String
    /// Further lines continue it; nil: the option is there, whatever its value.
    public var value: Content?
    /// What stands between a new option and its value.
    public var separator: String
    public var isPresent: Bool

    public init(
        section: String? = nil, option: String, value: Content? = nil, separator: String = " = ",
        isPresent: Bool = true
    ) {
        self.section = section
        self.option = option
        self.value = value
        self.separator = separator
        self.isPresent = isPresent
    }

    public var isSecret: Bool { value?.isSecret == true }

    public func apply(to document: inout TextLines) throws(Refusal) {
        let before = document, sections = INISection.all(in: document.lines)
        change(&document, sections.filter { $0.name == section.map { Array($0.utf8) } })
        if document.lines == before.lines { return }
        // A deeper line behind an option without a value continues what is in front of it now.
        let after = INISection.all(in: document.lines)
        if others(in: after) == others(in: sections), values(in: document) == wanted(instead: values(in: before)) {
            return
        }
        document = before
        throw Refusal(
            "what is below `\(option)` is indented more, and would get another meaning", hint: "indent these lines less"
        )
    }

    /// All options but this one, in their order.
    private func others(in sections: [INISection]) -> [[[UInt8]?]] {
        sections.flatMap { section in
            let isSection = section.name == self.section.map { Array($0.utf8) }
            return section.options.filter { !(isSection && $0.name == Array(option.utf8)) }.map {
                [section.name, $0.name, $0.value]
            }
        }
    }

    /// The value of the option; empty where it is not there.
    private func values(in document: TextLines) -> [[UInt8]?] { document.value(of: self).map { [$0] } ?? [] }

    private func wanted(instead present: [[UInt8]?]) -> [[UInt8]?] {
        if !isPresent { return [] }
        return value.map { [$0.bytes] } ?? (present.isEmpty ? [nil] : present)
    }

    private func change(_ document: inout TextLines, _ sections: [INISection]) {
        let found = sections.flatMap(\.options).filter { $0.name == Array(option.utf8) }
        if !isPresent { return document.remove(found.flatMap(\.ownLines)) }
        guard let present = found.last else { return insert(into: &document, sections.last) }
        guard let value, present.value != value.bytes else { return }
        document.remove(present.ownLines.dropFirst())
        let lines = bodies(behind: present.head ?? head(indent: present.indent), indent: present.nextIndent)
        document.replace(present.line, with: lines[0])
        document.insert(Array(lines.dropFirst()), at: present.line + 1)
    }

    private func insert(into document: inout TextLines, _ section: INISection?) {
        let indent = section?.newIndent ?? []
        let new = bodies(behind: head(indent: indent), indent: indent + [UInt8](repeating: 0x20, count: 4))
        if let section { return document.insert(new, at: section.newPosition(in: document.lines)) }
        let isBlank = document.lines.last.map { $0.body.allSatisfy(\.isINIBlank) } ?? true
        document.insert((isBlank ? [] : [[]]) + [Array("[\(self.section ?? "")]".utf8)] + new, at: document.count)
    }

    private func head(indent: [UInt8]) -> [UInt8] { indent + Array((option + (value == nil ? "" : separator)).utf8) }

    /// The lines of the option with its value.
    private func bodies(behind head: [UInt8], indent: [UInt8]) -> [[UInt8]] {
        let lines = (value?.bytes ?? []).split(separator: 0x0A, omittingEmptySubsequences: false)
        let first = head + (lines.first ?? [])
        return [Array(first.withoutINIBlanksAtEnd)] + lines.dropFirst().map { $0.isEmpty ? [] : indent + $0 }
    }
}

extension TextLines {
    /// The last option of a name, with the bytes of its value; nil in nil: the option stands there alone.
    public func value(of edit: OptionEdit) -> [UInt8]?? {
        let sections = INISection.all(in: lines).filter { $0.name == edit.section.map { Array($0.utf8) } }
        return sections.flatMap(\.options).last { $0.name == Array(edit.option.utf8) }.map(\.value)
    }
}
