import Model

/// Text among the marks of HTML, which Markdown takes too.
enum MarkupText {
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Text that Markdown shows as it is: on one line, without links, emphasis or marks.
    static func plainMarkdown(_ text: String) -> String {
        var result = ""
        for scalar in escaped(text.printable).unicodeScalars {
            if "\\`*_[]()#!|~{}".unicodeScalars.contains(scalar) { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
