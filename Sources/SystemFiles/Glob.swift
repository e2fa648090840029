import RegularExpressions

/// Shell patterns (glob(7)) without character classes: `*` and `?` stop at a slash, `**` does not.
public struct Glob: Sendable {
    private let expression: RegularExpression?
    private let isAnchored: Bool

    /// A pattern without a slash is compared with the last component, as in .gitignore files.
    public init(_ pattern: String) {
        isAnchored = pattern.contains("/")
        expression = try? RegularExpression(Self.translated(pattern))
    }

    /// Whether a relative path, or a name, matches, in time linear in its length.
    public func matches(_ path: String) -> Bool {
        let subject = isAnchored ? path : String(path.split(separator: "/").last ?? "")
        return expression?.isFound(in: subject) ?? false
    }

    /// Why a pattern cannot be used; nil if it can.
    public static func problem(of pattern: String) -> String? {
        do throws(RegularExpressionError) {
            _ = try RegularExpression(translated(pattern))
            return nil
        } catch {
            return error.message
        }
    }

    private static func translated(_ pattern: String) -> String {
        var text = "\\A(?s:", stars = 0
        for scalar in pattern.unicodeScalars {
            if scalar == "*" {
                stars += 1
                continue
            }
            text += wildcard(stars)
            stars = 0
            switch scalar {
            case "?": text += "[^/]"
            case "!"..."/", ":"..."@", "["..."`", "{"..."~": text += "\\\(scalar)"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + wildcard(stars) + ")\\z"
    }

    private static func wildcard(_ stars: Int) -> String { stars == 0 ? "" : stars == 1 ? "[^/]*" : ".*" }
}
