public import Model
import RegularExpressions

/// A text file as lines; line ends and a missing final newline are kept as they were found.
public struct TextLines: HostDocument {
    /// Without the newline; a carriage return before it is part of the line.
    public private(set) var lines: [String]
    private var endsWithNewline: Bool
    private var usesCarriageReturns: Bool
    /// Not UTF-8: shown and compared in a form with replacement characters, but never rewritten.
    public let isText: Bool

    public init(parsing bytes: [UInt8]) {
        isText = String(validating: bytes, as: UTF8.self) != nil
        let text = String(decoding: bytes, as: UTF8.self)
        lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String($0) ?? ""
        }
        endsWithNewline = lines.last == ""
        if endsWithNewline { lines.removeLast() }
        usesCarriageReturns = lines.first?.utf8.last == UInt8(ascii: "\r")
    }

    public var bytes: [UInt8] {
        lines.isEmpty ? [] : Array((lines.joined(separator: "\n") + (endsWithNewline ? "\n" : "")).utf8)
    }

    /// The positions that an edit speaks of: its matches, else the lines equal to its text.
    public func positions(of edit: LineEdit) throws(Refusal) -> [Int] {
        if let pattern = edit.match { return try positions(matching: pattern) }
        let text = edit.string
        return lines.indices.filter { Self.body(lines[$0]) == text }
    }

    /// Performs the edit; doing it again changes nothing.
    public mutating func apply(_ edit: LineEdit) throws(Refusal) {
        guard isText else { throw Refusal("the file is not UTF-8 text") }
        let found = try positions(of: edit)
        let text = edit.string + (usesCarriageReturns ? "\r" : "")
        if !edit.isPresent {
            for position in found.reversed() { lines.remove(at: position) }
        } else if !found.isEmpty {
            for position in edit.replacesAll ? found : found.suffix(1) { lines[position] = text }
        } else {
            lines.insert(text, at: try insertion(of: edit))
        }
    }

    /// Where a new line goes: after the last match, before the last match, else to the end.
    private func insertion(of edit: LineEdit) throws(Refusal) -> Int {
        if let after = edit.insertAfter, let position = try positions(matching: after).last { return position + 1 }
        if let before = edit.insertBefore, let position = try positions(matching: before).last { return position }
        return lines.count
    }

    private func positions(matching pattern: String) throws(Refusal) -> [Int] {
        do throws(RegularExpressionError) {
            let expression = try RegularExpression(pattern)
            return lines.indices.filter { expression.isFound(in: Self.body(lines[$0])) }
        } catch {
            throw Refusal("the pattern `\(pattern)` cannot be read: \(error.message)")
        }
    }

    /// The line without its carriage return.
    public static func body(_ line: String) -> String {
        line.utf8.last == UInt8(ascii: "\r") ? String(line.unicodeScalars.dropLast()) : line
    }
}

extension LineEdit {
    var string: String { String(decoding: text.bytes, as: UTF8.self) }
}
