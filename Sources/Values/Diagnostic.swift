/// One thing that is wrong with a site, or worth a look, and where.
public struct Diagnostic: Error, Sendable, Hashable {
    public enum Severity: String, Sendable {
        case error, warning, note
    }

    /// Another place that belongs to the story, such as the first of two declarations.
    public struct Note: Sendable, Hashable {
        public var place: Place
        public var message: String

        public init(_ message: String, at place: Place) {
            self.place = place
            self.message = message
        }
    }

    public var severity: Severity
    /// The place of the fault; nil for the site as a whole.
    public var place: Place?
    /// What was expected and what was found: lower case, no full stop.
    public var message: String
    /// What to do about it.
    public var hint: String?
    public var notes: [Note]

    public init(
        _ message: String, at place: Place?, hint: String? = nil, notes: [Note] = [], severity: Severity = .error
    ) {
        self.severity = severity
        self.place = place
        self.message = message
        self.hint = hint
        self.notes = notes
    }

    /// The lines that a person reads: the finding, then its hint and its notes, indented.
    public var text: String { text(columns: nil) }

    /// The same for a terminal, with the source line of each place.
    ///
    /// - Parameter columns: how wide the terminal is; nil: no source lines.
    public func text(columns: Int?) -> String {
        func excerpt(at place: Place?) -> [String] { columns.flatMap { place?.excerpt(columns: $0) } ?? [] }
        var lines = [(place.map { "\("\($0)".printable): " } ?? "") + "\(severity.rawValue): \(message.printable)"]
        lines += excerpt(at: place)
        if let hint { lines.append("  hint: \(hint.printable)") }
        for note in notes {
            lines.append("  note: \("\(note.place)".printable): \(note.message.printable)")
            lines += excerpt(at: note.place)
        }
        return lines.joined(separator: "\n")
    }
}

/// All diagnostics of one stage, sorted by place.
public struct Diagnostics: Error, Sendable {
    public private(set) var list: [Diagnostic]

    public init(_ list: [Diagnostic] = []) {
        self.list = list
    }

    public var hasErrors: Bool { list.contains { $0.severity == .error } }

    public mutating func add(_ diagnostic: Diagnostic) {
        list.append(diagnostic)
    }

    /// Adds a note to those that came behind the first `count`.
    public mutating func add(_ note: Diagnostic.Note, toAllAfter count: Int) {
        for index in list.indices.dropFirst(count) where !list[index].notes.contains(note) {
            list[index].notes.append(note)
        }
    }

    public mutating func add(contentsOf others: Diagnostics) {
        list.append(contentsOf: others.list)
    }

    /// The diagnostics in the order of their places; what has no place comes first. Repeated ones appear once.
    public var sorted: [Diagnostic] {
        var seen = Set<Diagnostic>()
        return list.filter { seen.insert($0).inserted }.enumerated().sorted { left, right in
            switch (left.element.place, right.element.place) {
            case (let first?, let second?) where first != second: first < second
            case (nil, _?): true
            case (_?, nil): false
            default: left.offset < right.offset
            }
        }.map(\.element)
    }
}
