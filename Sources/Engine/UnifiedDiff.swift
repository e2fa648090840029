public import Model

/// The difference of two texts in unified form, as diff -u prints it.
public struct UnifiedDiff {
    private static let contextLineCount = 3
    /// Longer texts are shown by size and digest only.
    static let byteLimit = 1 << 20

    /// - Returns: nil where a side is no text or too long to read.
    public static func lines(from old: Content, to new: Content) -> [String]? {
        guard old.bytes.count <= byteLimit, new.bytes.count <= byteLimit, old.isText, new.isText else { return nil }
        let left = split(old), right = split(new)
        guard left.count <= 4000, right.count <= 4000 else { return nil }
        return hunks(script(from: left, to: right)).flatMap(Self.printedLines)
    }

    /// A new text with its lines marked as added; nil where it is no text, empty, or has more than `limit` lines.
    static func added(_ content: Content, limit: Int) -> [String]? {
        var lineCount = content.bytes.last == UInt8(ascii: "\n") ? 0 : 1
        for byte in content.bytes where byte == UInt8(ascii: "\n") {
            lineCount += 1
            if lineCount > limit { return nil }
        }
        guard !content.bytes.isEmpty, content.isText else { return nil }
        return split(content).flatMap { printedLines("+\($0)") }
    }

    private static func split(_ content: Content) -> [String] {
        let text = String(decoding: content.bytes, as: UTF8.self)
        // By bytes: a carriage return and a newline are one character.
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String(Substring($0))
        }
        if lines.last == "" { lines.removeLast() } else { lines[lines.count - 1] += noNewline }
        return lines
    }

    private static let noNewline = "\n\\ No newline at end of file"

    /// A line of a hunk, with the remark on its missing newline on a line of its own.
    private static func printedLines(_ line: String) -> [String] {
        line.hasSuffix(noNewline) ? [String(line.dropLast(noNewline.count)), String(noNewline.dropFirst())] : [line]
    }

    private enum Edit {
        case keep(String)
        case insert(String)
        case remove(String)

        var text: String {
            switch self {
            case .keep(let line): " " + line
            case .insert(let line): "+" + line
            case .remove(let line): "-" + line
            }
        }

        var isKept: Bool { if case .keep = self { true } else { false } }
    }

    private static func script(from left: [String], to right: [String]) -> [Edit] {
        let (removed, inserted) = LineDifference(from: left, to: right).positions
        var edits: [Edit] = [], i = 0, j = 0
        while i < left.count || j < right.count {
            if i < left.count, removed.contains(i) {
                edits.append(.remove(left[i]))
                i += 1
            } else if j < right.count, inserted.contains(j) {
                edits.append(.insert(right[j]))
                j += 1
            } else {
                edits.append(.keep(right[j]))
                i += 1
                j += 1
            }
        }
        return edits
    }

    private static func hunks(_ edits: [Edit]) -> [String] {
        var lines: [String] = []
        var index = 0, oldLine = 1, newLine = 1
        while index < edits.count {
            guard let first = edits[index...].firstIndex(where: { !$0.isKept }) else { break }
            let start = max(index, first - contextLineCount)
            oldLine += start - index
            newLine += start - index
            var end = first, quiet = 0
            while end < edits.count, quiet <= 2 * contextLineCount {
                quiet = edits[end].isKept ? quiet + 1 : 0
                end += 1
            }
            end -= max(0, quiet - contextLineCount)
            let hunk = edits[start..<end]
            let oldCount = hunk.count { if case .insert = $0 { false } else { true } }
            let newCount = hunk.count { if case .remove = $0 { false } else { true } }
            lines.append(
                "@@ -\(oldCount == 0 ? oldLine - 1 : oldLine),\(oldCount) +\(newCount == 0 ? newLine - 1 : newLine),\(newCount) @@"
            )
            lines += hunk.map(\.text)
            oldLine += oldCount
            newLine += newCount
            index = end
        }
        return lines
    }
}
